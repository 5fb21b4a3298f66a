import type { Log } from "../../process/log.ts";
import type { Json } from "../../protocol/json.ts";
import type { Actor, StagedTurn } from "../actor/actor.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId } from "../ports/ids.ts";
import type { CheckpointRow } from "../ports/past.ts";
import type { Store } from "../ports/store.ts";
import { crashPoint } from "../shared/crash-points.ts";
import { checksum } from "../shared/digest.ts";
import type { Events } from "../shared/events.ts";
import { APART } from "./kept-checkpoints.ts";

/** Actors whose checkpoints wait to be written; beyond it none is taken: recovery then folds more entries. */
const MAX_WAITING = 10_000;
/** Checkpoints in one statement. */
const MAX_ROWS = 100;

interface Taken {
  actor: Actor;
  /** The seq of the one that was written before. */
  before: number;
  id: ActorId;
  seq: number;
  state: Json;
  version: number;
  turnTime: number;
  permanent: boolean;
}

/**
 * Writes checkpoints beside the turns: a state that is durable never changes, so it can be written at any later time, by
 * anybody, and needs no fence. A checkpoint that is not written costs nothing but a longer recovery, and is taken again.
 */
export class Checkpoints {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #events: Events;
  readonly #waiting = new Map<Actor, Taken>();
  #writing: Promise<void> | undefined;

  constructor(store: Store, clock: Clock, log: Log, events: Events) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#events = events;
  }

  /** A write is durable: takes a checkpoint if it is time for one. */
  after({ actor, after, afterSeq, entries, open, turnTime }: StagedTurn): void {
    if (!actor.definition.history || open || actor.storedVersion === 0) return;
    const seq = afterSeq + entries.length;
    if (isDue(actor, seq)) this.#take(actor, seq, after, turnTime);
  }

  /**
   * An actor is about to be let go: the next recovery then begins where it stands. Not where its state was migrated and
   * its journal does not say so yet: folds must not cross a migration unseen.
   */
  beforePassivation(actor: Actor): void {
    if (actor.definition.persistence !== "journal" || actor.state === undefined || actor.open !== null) return;
    if (actor.storedVersion !== actor.definition.version) return;
    if (actor.head > actor.checkpointSeq) this.#take(actor, actor.head, actor.state, actor.turnTime);
  }

  /**
   * An actor was loaded. If it had to pass over a damaged checkpoint it gets a valid one, so that another that is
   * damaged does no harm: here, or where that cannot be yet, after its next turn.
   */
  afterRecovery(actor: Actor): void {
    if (isOverdue(actor)) this.beforePassivation(actor);
  }

  /** Resolves when all that were taken are written, or could not be. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  #take(actor: Actor, seq: number, state: Json, turnTime: number): void {
    if (this.#waiting.size >= MAX_WAITING && !this.#waiting.has(actor)) return;
    const version = actor.definition.version;
    const before = this.#waiting.get(actor)?.before ?? actor.checkpointSeq;
    const permanent = isFurther(before, seq);
    this.#waiting.set(actor, { actor, before, id: actor.id as ActorId, seq, state, version, turnTime, permanent });
    actor.checkpointSeq = seq;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    // Let those of the whole batch go together.
    await new Promise<void>((resolve) => this.#clock.soon(resolve));
    while (this.#waiting.size > 0) {
      const taken = [...this.#waiting.values()].slice(0, MAX_ROWS);
      for (const { actor } of taken) this.#waiting.delete(actor);
      const rows = taken.map((one) => toRow(one, this.#clock.now()));
      try {
        crashPoint("checkpoint: before it is written");
        await this.#store.writeCheckpoints(rows);
        crashPoint("checkpoint: written");
        for (const [i, { actor }] of taken.entries()) this.#tell(actor, rows[i] as CheckpointRow);
      } catch (error) {
        this.#log.warn({ err: error }, "checkpoints could not be written; they are taken again with the next turns");
        // Unless another was taken meanwhile.
        for (const { actor, seq, before } of taken) if (actor.checkpointSeq === seq) actor.checkpointSeq = before;
      }
    }
  }

  #tell({ type, keyText }: Actor, { seq, state, version, permanent, at }: CheckpointRow): void {
    this.#events.emit({
      kind: "checkpoint",
      type,
      keyText,
      seq,
      bytes: Buffer.byteLength(state),
      version,
      permanent,
      at,
    });
  }
}

/** Whether it is time for a checkpoint. Of a history only those are taken that are kept for good: no recovery needs them. */
function isDue(actor: Actor, seq: number): boolean {
  const { persistence, checkpointEvery } = actor.definition;
  if (persistence === "state") return isFurther(actor.checkpointSeq, seq);
  return seq - actor.checkpointSeq >= checkpointEvery || isOverdue(actor);
}

/** Whether a checkpoint at a seq is the first in its stretch, and so is kept for good. */
function isFurther(before: number, seq: number): boolean {
  return Math.floor(seq / APART) > Math.floor(before / APART);
}

/** Whether the newest checkpoint is damaged, and none was taken since that was found. */
function isOverdue({ recovery, checkpointSeq }: Actor): boolean {
  return recovery !== null && recovery.damaged.length > 0 && checkpointSeq === recovery.checkpoint;
}

function toRow({ id, seq, state, version, turnTime, permanent }: Taken, at: number): CheckpointRow {
  const text = JSON.stringify(state);
  return { id, seq, state: text, checksum: checksum(text), version, turnTime, at, permanent };
}
