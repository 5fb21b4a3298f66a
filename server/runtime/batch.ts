import { changedPaths } from "../core/changes.ts";
import { isoTime } from "../core/time.ts";
import type { LastChange } from "../protocol/actors.ts";
import type { Actor, Turn } from "./actor.ts";
import type { StateChange } from "./events.ts";
import { MAX_STATE } from "./limits.ts";
import type { ActorId, BatchRows, ReplyRow, StateRow } from "./ports.ts";

/** A group commit made ready: the rows, what to tell of them, and the actors whose states are too large to keep. */
export interface Batch {
  rows: BatchRows;
  changes: StateChange[];
  oversize: Actor[];
}

/**
 * The rows of some turns: several versions of one state become the last, written over the revision before the first.
 * All their actors have ids.
 */
export function toBatch(turns: readonly Turn[], number: number, at: number): Batch {
  const firsts = new Map<Actor, Turn>();
  const lasts = new Map<Actor, Turn>();
  const replies: ReplyRow[] = [];
  for (const turn of turns) {
    if (turn.revision > turn.expected) {
      if (!firsts.has(turn.actor)) firsts.set(turn.actor, turn);
      lasts.set(turn.actor, turn);
    }
    if (turn.delivery.idempotencyKey !== undefined) replies.push(toReply(turn, turn.delivery.idempotencyKey));
  }
  const batch: Batch = { rows: { number, at, turns: turns.length, states: [], replies }, changes: [], oversize: [] };
  const states: StateRow[] = [];
  for (const [actor, first] of firsts) {
    const last = lasts.get(actor) as Turn;
    const state = JSON.stringify(last.after);
    if (state.length > MAX_STATE) {
      batch.oversize.push(actor);
      continue;
    }
    const lastChange = toLastChange(last);
    const id = actor.id as ActorId;
    states.push({ id, expected: first.expected, revision: last.revision, state, lastChange, updatedAt: last.at });
    batch.changes.push({
      type: actor.type,
      keyText: actor.keyText,
      id,
      revision: last.revision,
      state: last.after,
      stateBytes: Buffer.byteLength(state),
      lastChange,
      at,
    });
  }
  batch.rows = { ...batch.rows, states };
  return batch;
}

function toReply(turn: Turn, idempotencyKey: string): ReplyRow {
  const { actor, delivery, reply, revision } = turn;
  return {
    id: actor.id as ActorId,
    idempotencyKey,
    digest: delivery.digest,
    messageId: delivery.message.id,
    reply,
    revision,
  };
}

function toLastChange({ delivery, before, after, at }: Turn): LastChange {
  const { id, operation } = delivery.message;
  return { command: operation, messageId: id, at: isoTime(at), ...changedPaths(before, after) };
}
