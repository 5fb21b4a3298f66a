import type { LastChange } from "../../server/protocol/actors.ts";
import type { BatchRows, EntryRow, StateRow } from "../../server/runtime/ports/commit.ts";
import type { ActorId } from "../../server/runtime/ports/ids.ts";
import type { CheckpointRow } from "../../server/runtime/ports/past.ts";
import { checksum } from "../../server/runtime/shared/digest.ts";
import { query } from "../../server/testing/database/sql.ts";
import { increment, viewProduct } from "../lib/asks.ts";
import { onNode } from "../lib/node.ts";
import type { Stage } from "../lib/stage.ts";

/** The setting of `server/actors/counter.ts`. */
const CHECKPOINT_EVERY = 10;
/** Turns before the sample is taken, so that it is typical. */
const TURNS = 5;
const VERSION = 1;
/** The recorded duration of the previous batch. */
const PREVIOUS_DURATION_MS = 5;
/** The state of a counter after many turns. */
const CHECKPOINT = '{"value":123456,"quote":null}';

/** The values that the runtime writes for a turn. The limit writes the same bytes. */
export interface Sample {
  entry: string;
  checkpoint: string;
  state: string;
  lastChange: LastChange;
}

/** Runs some turns and reads what the runtime wrote. */
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

/** No rows. */
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

/** Builds the batches of one lane, one after the other, as the runtime would write them. */
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

  /** Entries of the actors in turn, and the checkpoints that become due. */
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

  /** States of `count` actors. There must be that many. */
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
    return {
      ...none,
      number: this.#number,
      at,
      turns,
      lastMailSeq: 0,
      previousDurationMs: PREVIOUS_DURATION_MS,
      ...rows,
    };
  }
}
