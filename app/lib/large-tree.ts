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

type Name = keyof LargeTreeCalls;

/** A call on its way to the worker; its answer has the same number. */
export interface LargeTreeRequest<N extends Name = Name> {
  number: number;
  name: N;
  parameters: Parameters<LargeTreeCalls[N]>;
}

/** What came of a call. */
export type LargeTreeAnswer = { number: number } & ({ value: unknown } | { problem: string });

/** The page's side of the worker. */
export class LargeTree {
  readonly #worker = new Worker(new URL("./large-tree.worker.ts", import.meta.url));
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #number = 0;

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<LargeTreeAnswer>) => {
      const waiting = this.#waiting.get(data.number);
      this.#waiting.delete(data.number);
      if ("problem" in data) waiting?.reject(new Error(data.problem));
      else waiting?.resolve(data.value as never);
    });
  }

  /** @throws Error with a message for people, when the worker cannot do it */
  call<N extends Name>(name: N, ...parameters: Parameters<LargeTreeCalls[N]>): Promise<ReturnType<LargeTreeCalls[N]>> {
    this.#number += 1;
    const request: LargeTreeRequest<N> = { number: this.#number, name, parameters };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.number, { resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  /** Ends it; calls that are under way are never answered. */
  close(): void {
    this.#worker.terminate();
  }
}
