import type { ActorState, Page } from "../../protocol/actors.ts";
import { changesOf } from "../../protocol/blame.ts";
import type { ExportRange } from "../../protocol/history-file.ts";
import {
  type ChangesQuery,
  type Lineage,
  MAX_MARKS,
  type PastLine,
  type PathChange,
  stepsOf,
  type Timeline,
} from "../../protocol/past.ts";
import type { ReplayRange, ReplayStep } from "../../protocol/replay.ts";
import type { WhatIf, WhatIfRequest } from "../../protocol/what-if.ts";
import type { PastReader } from "../api.ts";
import { exportHistory } from "../history/export.ts";
import { Past } from "../history/past.ts";
import type { Sandbox } from "../history/sandbox.ts";
import { verify } from "../history/verify.ts";
import { tryWhatIf } from "../history/what-if.ts";
import { type WithHistory, withHistory } from "../history/with-history.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { unavailable } from "../shared/refusals.ts";
import type { Types } from "../shared/types.ts";

/** Stretches of a timeline, and how many entries of each are counted. */
const STRETCHES = 240;
const COUNTED = 400;
/** The most forks of one actor that are told. */
const MAX_FORKS = 100;

/** What the inspector of the past needs. */
export interface PastInspectorOptions {
  store: Store;
  types: Types;
  sandbox: Sandbox;
  clock: Clock;
}

/** Reads what actors with a journal, or a history, were: it wakes nobody and writes nothing. Every method throws `GreenroomError`. */
export class PastInspector implements PastReader {
  readonly #store: Store;
  readonly #types: Types;
  readonly #sandbox: Sandbox;
  readonly #clock: Clock;
  readonly #past: Past;

  constructor({ store, types, sandbox, clock }: PastInspectorOptions) {
    this.#store = store;
    this.#types = types;
    this.#sandbox = sandbox;
    this.#clock = clock;
    this.#past = new Past(store);
  }

  /** The state at a seq, or at a time (ISO, UTC). */
  state(type: string, keyText: string, when: { at: number } | { time: string }): Promise<ActorState> {
    return read(async () => {
      const { id } = await this.#known(type, keyText);
      return this.#past.stateAt(id, "at" in when ? when.at : await this.#past.seqAt(id, Date.parse(when.time)));
    });
  }

  /** The window that holds the entry of a seq, and before it how far its making has come. */
  async *window(type: string, keyText: string, at: number): AsyncGenerator<PastLine> {
    const { id } = await read(() => this.#known(type, keyText));
    yield* readEach(this.#past.window(id, at));
  }

  /** Where an actor came from, and the newest of those that came from it. */
  lineage(type: string, keyText: string): Promise<Lineage> {
    return read(async () => this.#store.lineage((await this.#known(type, keyText)).id, MAX_FORKS));
  }

  /** Replays entries on the code that runs now, a step at a time. */
  async *replay(type: string, keyText: string, range: ReplayRange): AsyncGenerator<ReplayStep> {
    const actor = await read(() => this.#known(type, keyText));
    yield* readEach(verify(this.#parts(), actor.type, actor, range));
  }

  /** Tries another past, on the code that runs now. */
  whatIf(type: string, keyText: string, request: WhatIfRequest): Promise<WhatIf> {
    return read(async () => {
      const actor = await this.#known(type, keyText);
      return tryWhatIf(this.#parts(), actor.type, actor, request);
    });
  }

  /** A journal, or a range of it, as the text of a file, piece by piece. */
  async *export(type: string, keyText: string, range: ExportRange): AsyncGenerator<string> {
    const actor = await read(() => this.#known(type, keyText));
    yield* readEach(exportHistory(this.#store, { ...actor, now: this.#clock.now() }, range));
  }

  /** A journal as a whole: how dense it is, its checkpoints, and where it failed. */
  timeline(type: string, keyText: string): Promise<Timeline> {
    return read(async () => {
      const { id } = await this.#known(type, keyText);
      return this.#store.timeline(id, { stretches: STRETCHES, counted: COUNTED, marks: MAX_MARKS });
    });
  }

  /** The entries that changed the value at a path, newest first. */
  changes(type: string, keyText: string, { path, before }: ChangesQuery): Promise<Page<PathChange>> {
    return read(async () => {
      const { id } = await this.#known(type, keyText);
      const { begins, head } = await this.#past.range(id);
      const range = { begins, before: Math.min(before ?? head + 1, head + 1) };
      return changesOf((at) => this.#past.wholeWindow(id, at), stepsOf(path), range);
    });
  }

  #parts(): { store: Store; sandbox: Sandbox; now: number } {
    return { store: this.#store, sandbox: this.#sandbox, now: this.#clock.now() };
  }

  #known(type: string, keyText: string): Promise<WithHistory> {
    return withHistory({ store: this.#store, types: this.#types }, type, keyText);
  }
}

async function* readEach<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  for (;;) {
    const { value, done } = await read(() => items.next());
    if (done === true) return;
    yield value;
  }
}

async function read<T>(reading: () => Promise<T>): Promise<T> {
  try {
    return await reading();
  } catch (error) {
    throw error instanceof Error && error.name === "StoreUnavailable" ? unavailable(error) : error;
  }
}
