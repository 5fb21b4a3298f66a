import type { LastChange } from "../../server/protocol/actors.ts";
import type { BatchRows, EntryRow, StateRow } from "../../server/runtime/ports/commit.ts";
import type { ActorId } from "../../server/runtime/ports/ids.ts";
import type { CheckpointRow } from "../../server/runtime/ports/past.ts";
import { checksum } from "../../server/runtime/shared/digest.ts";
import { query } from "../../server/testing/database/sql.ts";
import { increment, viewProduct } from "../lib/asks.ts";
import { onNode } from "../lib/node.ts";
import type { Stage } from "../lib/stage.ts";

/** The counters' own: see `server/actors/counter.ts`. */
const CHECKPOINT_EVERY = 10;
/** Turns after which what is written looks as it always will. */
const TURNS = 5;
const VERSION = 1;
/** What a batch says of the one before, in milliseconds. */
const PREVIOUS_TOOK = 5;
/** The state of a counter that has counted for a while. */
const CHECKPOINT = '{"value":123456,"quote":null}';

/** What the runtime writes for a turn, as texts: the same bytes are written without it. */
export interface Sample {
  entry: string;
  checkpoint: string;
  state: string;
  lastChange: LastChange;
}

/** Lets the runtime process some turns, and takes what it wrote. */
export async function takeSample(stage: Stage): Promise<Sample> {
  return stage.onDatabase(async (url) => {
    await onNode(stage.log, url, async (node) => {
      for (let turn = 0; turn < TURNS; turn++) {
        await increment(node, 0);
        await viewProduct(node, 0);
      }
    });
    const [row] = await query(
      url,
      `SELECT (SELECT body::text FROM entry ORDER BY seq DESC LIMIT 1) AS entry, state::text AS state,
              last_change::text AS change FROM durable_state`,
    );
    const { entry, state, change } = row as { entry: string; state: string; change: string };
    return { entry, checkpoint: CHECKPOINT, state, lastChange: JSON.parse(change) as LastChange };
  });
}

/** Rows of tables that turns without mail do not write to. */
const none = {
  states: [],
  entries: [],
  replies: [],
  mails: [],
  acks: [],
  nacks: [],
  dead: [],
  reminders: [],
  cancelled: [],
  firings: [],
  redrives: [],
} as const;

/** Makes batches for the actors of one lane, one after the other, as the runtime would have to write them. */
export class RowMaker {
  readonly #sample: Sample;
  readonly #actors: readonly ActorId[];
  readonly #heads = new Map<ActorId, number>();
  #next = 0;
  #number = 0;

  constructor(sample: Sample, actors: readonly ActorId[]) {
    this.#sample = sample;
    this.#actors = actors;
  }

  /** So many entries of actors in turn, and the checkpoints that are then due. */
  entries(count: number): { rows: BatchRows; checkpoints: CheckpointRow[] } {
    const at = Date.now();
    const checkpoints: CheckpointRow[] = [];
    const entries = Array.from({ length: count }, (): EntryRow => {
      const [id, seq] = this.#advance();
      if (seq % CHECKPOINT_EVERY === 0) checkpoints.push(this.#checkpoint(id, seq, at));
      return { id, seq, at, kind: "turn", body: this.#sample.entry };
    });
    return { rows: this.#batch(at, count, { entries }), checkpoints };
  }

  /** A state of each of so many actors, which must not be more than there are. */
  states(count: number): { rows: BatchRows; checkpoints: CheckpointRow[] } {
    const at = Date.now();
    const { state, lastChange } = this.#sample;
    const states = Array.from({ length: count }, (): StateRow => {
      const [id, revision] = this.#advance();
      return { id, expected: revision - 1, revision, state, version: VERSION, lastChange, updatedAt: at };
    });
    return { rows: this.#batch(at, count, { states }), checkpoints: [] };
  }

  #advance(): [ActorId, number] {
    const id = this.#actors[this.#next++ % this.#actors.length] as ActorId;
    const head = (this.#heads.get(id) ?? 0) + 1;
    this.#heads.set(id, head);
    return [id, head];
  }

  #checkpoint(id: ActorId, seq: number, at: number): CheckpointRow {
    const state = this.#sample.checkpoint;
    return {
      id,
      seq,
      state,
      checksum: checksum(state),
      version: VERSION,
      turnTime: at,
      at,
      permanent: seq % 1_000 === 0,
    };
  }

  #batch(at: number, turns: number, rows: Partial<BatchRows>): BatchRows {
    this.#number += 1;
    return { ...none, number: this.#number, at, turns, lastMailSeq: 0, previousDurationMs: PREVIOUS_TOOK, ...rows };
  }
}
