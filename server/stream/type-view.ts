import type { Inspector } from "../runtime/api.ts";
import { type FrameBody, QuietView, type Round } from "./view.ts";

/** The time between two frames, in milliseconds. */
const TYPE_INTERVAL_MS = 1000;

/** What the actors of one type do, each second. */
export class TypeView extends QuietView {
  readonly #inspector: Inspector;
  readonly #type: string;
  #toldAt = 0;

  constructor(inspector: Inspector, type: string) {
    super();
    this.#inspector = inspector;
    this.#type = type;
  }

  override news(round: Round): boolean {
    return round.now - this.#toldAt >= TYPE_INTERVAL_MS;
  }

  override take(round: Round): FrameBody {
    this.#toldAt = round.now;
    return { stats: this.#inspector.typeStats(this.#type) };
  }
}
