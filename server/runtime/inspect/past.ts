import type { ActorState, Page } from "../../protocol/actors.ts";
import type { ExportRange } from "../../protocol/history-file.ts";
import {
  type ChangesQuery,
  changesOf,
  type Lineage,
  MAX_MARKS,
  type PastLine,
  type PathChange,
  stepsOf,
  type Timeline,
} from "../../protocol/past.ts";
import type { ReplayRange, ReplayStep, WhatIf, WhatIfRequest } from "../../protocol/what-if.ts";
import { exportHistory } from "../history/export.ts";
import { Past, type RecordedActor, recordedActor } from "../history/past.ts";
import { replayEntries, tryWhatIf } from "../history/replay.ts";
import type { Sandbox } from "../history/sandbox.ts";
import type { Address } from "../ports/ids.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { orUnavailable } from "../shared/refusals.ts";

/** Stretches of a timeline, and up to how many entries each counts. */
const STRETCHES = 240;
const COUNTED = 400;
/** Forks of one actor in a list. */
const MAX_FORKS = 100;

type Deps = Pick<NodeDeps, "store" | "types" | "clock"> & { sandbox: Sandbox };

/** Reads the past of actors with a journal or a history. It loads no actor. Every method throws `GreenroomError`. */
export class PastInspector {
  readonly #deps: Deps;
  readonly #past: Past;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#past = new Past(deps.store);
  }

  /** The state at a seq, or at a time (ISO, UTC). */
  state(address: Address, when: { at: number } | { time: string }): Promise<ActorState> {
    return orUnavailable(async () => {
      const { id } = await this.#find(address);
      return this.#past.stateAt(id, "at" in when ? when.at : await this.#past.seqAt(id, Date.parse(when.time)));
    });
  }

  /** Yields progress, and then the window that contains a seq. */
  async *window(address: Address, at: number): AsyncGenerator<PastLine> {
    const { id } = await orUnavailable(() => this.#find(address));
    yield* readEach(this.#past.window(id, at));
  }

  /** The actor that this one was forked from, and its newest forks. */
  lineage(address: Address): Promise<Lineage> {
    return orUnavailable(async () => this.#deps.store.lineage((await this.#find(address)).id, MAX_FORKS));
  }

  /** Replays entries on the current code, a step at a time. */
  async *replay(address: Address, range: ReplayRange): AsyncGenerator<ReplayStep> {
    const actor = await orUnavailable(() => this.#find(address));
    yield* readEach(replayEntries(this.#runDeps(), actor, range));
  }

  /** Runs a what-if on the current code. */
  whatIf(address: Address, request: WhatIfRequest): Promise<WhatIf> {
    return orUnavailable(async () => {
      const actor = await this.#find(address);
      return tryWhatIf(this.#runDeps(), actor, request);
    });
  }

  /** A journal or a range of it as the text of a file (see `HistoryHeader`), in chunks. */
  async *export(address: Address, range: ExportRange): AsyncGenerator<string> {
    const actor = await orUnavailable(() => this.#find(address));
    yield* readEach(exportHistory(this.#deps.store, actor, range, this.#deps.clock.now()));
  }

  /** The density of a journal, with its newest checkpoints and failures. */
  timeline(address: Address): Promise<Timeline> {
    return orUnavailable(async () => {
      const { id } = await this.#find(address);
      return this.#deps.store.timeline(id, { stretches: STRETCHES, counted: COUNTED, marks: MAX_MARKS });
    });
  }

  /** The entries that changed the value at a path, newest first. */
  changes(address: Address, { path, before }: ChangesQuery): Promise<Page<PathChange>> {
    return orUnavailable(async () => {
      const { id } = await this.#find(address);
      const { begins, head } = await this.#past.range(id);
      const range = { begins, before: Math.min(before ?? head + 1, head + 1) };
      return changesOf((at) => this.#past.wholeWindow(id, at), stepsOf(path), range);
    });
  }

  /** `now` is in milliseconds since 1970. */
  #runDeps(): Pick<Deps, "store" | "sandbox"> & { now: number } {
    const { store, sandbox, clock } = this.#deps;
    return { store, sandbox, now: clock.now() };
  }

  #find(address: Address): Promise<RecordedActor> {
    return recordedActor(this.#deps, address);
  }
}

async function* readEach<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  for (;;) {
    const { value, done } = await orUnavailable(() => items.next());
    if (done === true) return;
    yield value;
  }
}
