import type { MailCounts } from "../protocol/mail.ts";
import type { Address } from "../runtime/ports.ts";
import type { Inspector } from "../runtime/surface.ts";
import type { FrameBody, View } from "./view.ts";

/** How much mail there is, whenever that changes. */
export class MailView implements View {
  readonly addresses: readonly Address[] = [];
  stale = false;
  readonly #inspector: Inspector;
  #told: MailCounts | undefined;

  constructor(inspector: Inspector) {
    this.#inspector = inspector;
  }

  async load(): Promise<void> {}
  changed(): void {}
  lived(): void {}
  checkpointed(): void {}
  mailed(): void {}
  erased(): void {}

  created(): void {}

  news(): boolean {
    return this.#inspector.mailCounts() !== this.#told;
  }

  take(): FrameBody {
    this.#told = this.#inspector.mailCounts();
    return { mail: this.#told };
  }
}
