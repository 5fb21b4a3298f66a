import { WorkerCalls } from "../read/worker-calls.ts";
import type { Path } from "./tree.ts";
import type { Found, ShownRow } from "./tree-view.ts";

/**
 * What a page asks the worker that holds a large value, so that the page itself never does: parsing ten megabytes takes
 * longer than a page may stand still.
 */
export interface LargeTreeCalls {
  /** Reads `{ head, state }` from a path of the server's API. */
  load(path: string): { head: number; count: number };
  /** Marks what changed. */
  mark(paths: readonly Path[]): null;
  rows(first: number, last: number): ShownRow[];
  /** Opens or closes the row of an index; how many rows there are then. */
  toggle(index: number, open: boolean): number;
  search(text: string): Omit<Found, "at">;
  /** Opens what leads to something that was found; where it is then, and how many rows there are. */
  reveal(match: number): { index: number; count: number };
  /** What is copied of a row; of the whole value for null. */
  text(index: number | null, what: "value" | "path"): string;
}

/** A worker that holds a large value. The caller must `close` it. */
export function openLargeTree(): WorkerCalls<LargeTreeCalls> {
  return new WorkerCalls(new Worker(new URL("./large-tree.worker.ts", import.meta.url)));
}
