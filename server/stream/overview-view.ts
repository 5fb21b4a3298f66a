import { type FrameBody, QuietView, type Round } from "./view.ts";

/** The longest time without a frame of the overview, in milliseconds. */
const OVERVIEW_INTERVAL_MS = 1000;

/** The whole server: all samples first, then only the new ones. */
export class OverviewView extends QuietView {
  #newestSample = 0;
  #toldAt = 0;

  override news(round: Round): boolean {
    return round.committed || round.now - this.#toldAt >= OVERVIEW_INTERVAL_MS;
  }

  override take(round: Round): FrameBody {
    const overview = round.overview();
    const samples = overview.samples.filter((sample) => sample.at > this.#newestSample);
    this.#newestSample = samples.at(-1)?.at ?? this.#newestSample;
    this.#toldAt = round.now;
    return { overview: { ...overview, samples } };
  }
}
