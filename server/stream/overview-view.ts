import { type FrameBody, QuietView, type Round } from "./view.ts";

/** The shortest and the longest time between two frames of the overview, in milliseconds: its charts move once a second. */
const INTERVAL_MS = { least: 500, most: 1_000 };

/** The whole server: all samples first, then only the new ones. */
export class OverviewView extends QuietView {
  #newestSample = 0;
  #toldAt = 0;
  #committed = true;

  override news(round: Round): boolean {
    this.#committed ||= round.committed;
    return round.now - this.#toldAt >= (this.#committed ? INTERVAL_MS.least : INTERVAL_MS.most);
  }

  override take(round: Round): FrameBody {
    const overview = round.overview();
    const samples = overview.samples.filter((sample) => sample.at > this.#newestSample);
    this.#newestSample = samples.at(-1)?.at ?? this.#newestSample;
    this.#toldAt = round.now;
    this.#committed = false;
    return { overview: { ...overview, samples } };
  }
}
