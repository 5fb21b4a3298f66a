import type { Json } from "../../protocol/journal.ts";
import type { Actor } from "../actor/actor.ts";
import type { StagedTurn } from "../actor/staged-turn.ts";
import type { ActorId } from "../ports/ids.ts";
import type { CheckpointRow } from "../ports/past.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { checksum } from "../shared/digest.ts";
import { CHECKPOINT_DISTANCE } from "./permanent-checkpoints.ts";

/** Actors with an unwritten checkpoint. Further checkpoints are skipped, so that recovery folds more entries. */
const MAX_PENDING = 10_000;
/** Checkpoints in one statement. */
const MAX_ROWS = 100;

interface Pending {
  actor: Actor;
  /** The seq of the last written checkpoint. */
  before: number;
  id: ActorId;
  seq: number;
  state: Json;
  version: number;
  turnTime: number;
  permanent: boolean;
}

/**
 * Writes checkpoints in the background. A durable state is immutable, so writing it later needs no fence. If a write
 * fails, recovery takes longer and the next turn takes the checkpoint again.
 */
export class Checkpoints {
  readonly #deps: Pick<NodeDeps, "store" | "clock" | "log" | "events">;
  readonly #pending = new Map<Actor, Pending>();
  #writing: Promise<void> | undefined;

  constructor(deps: Pick<NodeDeps, "store" | "clock" | "log" | "events">) {
    this.#deps = deps;
  }

  /** Takes a checkpoint after a durable turn, if one is due. */
  after({ actor, after, afterSeq, entries, open, turnTime }: StagedTurn): void {
    if (!actor.definition.history || open || actor.storedVersion === 0) return;
    const seq = afterSeq + entries.length;
    if (isDue(actor, seq)) this.#take(actor, seq, after, turnTime);
  }

  /**
   * Takes a checkpoint at the head, so that the next recovery starts there. Not if the state was migrated and the journal
   * does not record that yet: a fold must not cross an unrecorded migration.
   */
  beforePassivation(actor: Actor): void {
    if (actor.definition.persistence !== "journal" || actor.state === undefined || actor.open !== null) return;
    if (actor.storedVersion !== actor.definition.version) return;
    if (actor.head > actor.checkpointSeq) this.#take(actor, actor.head, actor.state, actor.turnTime);
  }

  /** Replaces a damaged checkpoint that recovery skipped: now, or after the next turn if none may be taken yet. */
  afterRecovery(actor: Actor): void {
    if (isOverdue(actor)) this.beforePassivation(actor);
  }

  /** Resolves when all pending checkpoints are written or have failed. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  #take(actor: Actor, seq: number, state: Json, turnTime: number): void {
    if (this.#pending.size >= MAX_PENDING && !this.#pending.has(actor)) return;
    const version = actor.definition.version;
    const before = this.#pending.get(actor)?.before ?? actor.checkpointSeq;
    const permanent = isFurther(before, seq);
    this.#pending.set(actor, { actor, before, id: actor.id as ActorId, seq, state, version, turnTime, permanent });
    actor.checkpointAt(seq);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    const { store, clock, log } = this.#deps;
    // Wait for the checkpoints of the whole batch.
    await new Promise<void>((resolve) => clock.soon(resolve));
    while (this.#pending.size > 0) {
      const writing = [...this.#pending.values()].slice(0, MAX_ROWS);
      for (const { actor } of writing) this.#pending.delete(actor);
      const rows = writing.map((pending) => toRow(pending, clock.now()));
      try {
        crashPoint("checkpoint: before it is written");
        await store.writeCheckpoints(rows);
        crashPoint("checkpoint: written");
        for (const [i, { actor }] of writing.entries()) this.#emit(actor, rows[i] as CheckpointRow);
      } catch (error) {
        log.warn({ err: error }, "could not write checkpoints; the next turns take them again");
        // Unless another one was taken meanwhile.
        for (const { actor, seq, before } of writing) if (actor.checkpointSeq === seq) actor.checkpointAt(before);
      }
    }
  }

  #emit({ type, keyText }: Actor, { seq, state, version, permanent, at }: CheckpointRow): void {
    const bytes = Buffer.byteLength(state);
    this.#deps.events.emit({ kind: "checkpoint", type, keyText, seq, bytes, version, permanent, at });
  }
}

/** Whether a checkpoint is due. A history gets permanent ones only, because recovery does not need them. */
function isDue(actor: Actor, seq: number): boolean {
  const { persistence, checkpointEvery } = actor.definition;
  if (persistence === "state") return isFurther(actor.checkpointSeq, seq);
  return seq - actor.checkpointSeq >= checkpointEvery || isOverdue(actor);
}

/** Whether a checkpoint at `seq` is the first in its stretch, and therefore permanent. */
function isFurther(before: number, seq: number): boolean {
  return Math.floor(seq / CHECKPOINT_DISTANCE) > Math.floor(before / CHECKPOINT_DISTANCE);
}

/** Whether recovery found the newest checkpoint damaged, and none has been taken since. */
function isOverdue({ recovery, checkpointSeq }: Actor): boolean {
  return recovery !== null && recovery.damaged.length > 0 && checkpointSeq === recovery.checkpoint;
}

function toRow({ id, seq, state, version, turnTime, permanent }: Pending, at: number): CheckpointRow {
  const text = JSON.stringify(state);
  return { id, seq, state: text, checksum: checksum(text), version, turnTime, at, permanent };
}
