import type { MailCounts } from "../protocol/mail.ts";
import type { Inspector } from "../runtime/api.ts";
import { type FrameBody, type Round, View } from "./view.ts";

/** Minimum and maximum time between two frames of the overview, in milliseconds: its charts move once a second. */
const OVERVIEW_INTERVAL_MS = { min: 500, max: 1_000 };
/** Time between two frames of a type, in milliseconds. */
const TYPE_INTERVAL_MS = 1000;

/** The whole server: all samples first, then only the new ones. */
export class OverviewView extends View {
  #newestSample = 0;
  #sentAt = 0;
  #committed = true;

  override hasNews(round: Round): boolean {
    this.#committed ||= round.committed;
    return round.now - this.#sentAt >= (this.#committed ? OVERVIEW_INTERVAL_MS.min : OVERVIEW_INTERVAL_MS.max);
  }

  override takeFrame(round: Round): FrameBody {
    const overview = round.overview();
    const samples = overview.samples.filter((sample) => sample.at > this.#newestSample);
    this.#newestSample = samples.at(-1)?.at ?? this.#newestSample;
    this.#sentAt = round.now;
    this.#committed = false;
    return { overview: { ...overview, samples } };
  }
}

/** The statistics of one type, each second. */
export class TypeView extends View {
  readonly #type: string;
  #sentAt = 0;

  constructor(inspector: Inspector, type: string) {
    super(inspector);
    this.#type = type;
  }

  override hasNews(round: Round): boolean {
    return round.now - this.#sentAt >= TYPE_INTERVAL_MS;
  }

  override takeFrame(round: Round): FrameBody {
    this.#sentAt = round.now;
    return { stats: this.inspector.typeStats(this.#type) };
  }
}

/** The mail counts, whenever they change. */
export class MailView extends View {
  #sent: MailCounts | undefined;

  override hasNews(): boolean {
    return this.inspector.mailCounts() !== this.#sent;
  }

  override takeFrame(): FrameBody {
    this.#sent = this.inspector.mailCounts();
    return { mail: this.#sent };
  }
}
