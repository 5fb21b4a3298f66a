import type { HistoryHeader } from "../../../server/protocol/history-file.ts";
import type { Entry } from "../../../server/protocol/journal.ts";
import { MAX_MARKS, type Timeline } from "../../../server/protocol/past.ts";

/** The max number of stretches of a timeline. */
const STRETCHES = 240;

/** Builds the timeline of a file, like the server's of a journal. A file has no checkpoints. */
export class TimelineCounter {
  readonly #timeline: Timeline;

  constructor({ from, to }: HistoryHeader) {
    const width = Math.ceil((to - from + 1) / STRETCHES);
    this.#timeline = { begins: from, head: to, width, stretches: [], checkpoints: [], failures: [] };
  }

  add({ seq, at, body: { kind } }: Entry): void {
    const { begins, width, stretches, failures } = this.#timeline;
    if ((seq - begins) % width === 0) stretches.push({ seq, at, kinds: {} });
    const kinds = stretches.at(-1)?.kinds ?? {};
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (kind === "attempt_failed") failures.push(seq);
    if (failures.length > 2 * MAX_MARKS) failures.splice(0, MAX_MARKS);
  }

  /** The timeline so far. */
  get timeline(): Timeline {
    const { failures, ...rest } = this.#timeline;
    return { ...rest, failures: failures.toReversed().slice(0, MAX_MARKS) };
  }
}
