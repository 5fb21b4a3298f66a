import type { MailCounts } from "../protocol/mail.ts";
import type { Inspector } from "../runtime/api.ts";
import { type FrameBody, QuietView } from "./view.ts";

/** How much mail there is, whenever that changes. */
export class MailView extends QuietView {
  readonly #inspector: Inspector;
  #told: MailCounts | undefined;

  constructor(inspector: Inspector) {
    super();
    this.#inspector = inspector;
  }

  override news(): boolean {
    return this.#inspector.mailCounts() !== this.#told;
  }

  override take(): FrameBody {
    this.#told = this.#inspector.mailCounts();
    return { mail: this.#told };
  }
}
