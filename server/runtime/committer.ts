import { GreenroomError } from "../core/errors.ts";
import { MAX_STATE } from "../core/size.ts";
import type { Log } from "../log.ts";
import type { Actor, Write } from "./actor.ts";
import { type Batch, toBatch } from "./batch.ts";
import type { CommittedEvent } from "./events.ts";
import { RETRY_MS } from "./limits.ts";
import type { ActorId, Clock, CommitOutcome, LaneWriter } from "./ports.ts";

/** Another node has taken over: what was not committed before never will be. */
export class Fenced extends Error {
  override readonly name = "Fenced";
}

/** The node was told to give up while it could not be known whether a batch had committed. */
class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";
}

/** What a committer needs of its lane. */
export interface CommitterPorts {
  lane: number;
  writer: LaneWriter;
  clock: Clock;
  log: Log;
  /** Gives ids to those of the actors that have none. Throws when the database cannot be reached. */
  allocate(actors: readonly Actor[]): Promise<void>;
  /** They are durable, in their order. */
  committed(writes: readonly Write[], event: CommittedEvent): void;
  /** None of the actor's writes that have not committed ever will be. */
  broken(actor: Actor, error: GreenroomError): void;
  /** How the database answered: an error when it could not be reached. */
  health(error: Error | null): void;
}

/**
 * Commits writes in groups: a transaction each, one at a time. What one actor did wrong leaves the group with all that
 * the actor did after; the rest commits.
 */
export class Committer {
  readonly #ports: CommitterPorts;
  readonly #giveUp: AbortSignal;
  /** The number of the lane's last batch. */
  #number: number;

  constructor(ports: CommitterPorts, lastBatch: number, giveUp: AbortSignal) {
    this.#ports = ports;
    this.#number = lastBatch;
    this.#giveUp = giveUp;
  }

  /**
   * Commits the writes, or breaks their actors; returns when each has come to one of the two.
   * @throws Fenced when another node has taken over; whatever has not come to one of the two never committed
   * @throws OutcomeUnknown when it was told to give up before the database answered
   */
  async commit(writes: readonly Write[]): Promise<void> {
    await this.#persistently(() => this.#ports.allocate(withoutId(writes)));
    const groups: (readonly Write[])[] = [writes];
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      const alive = group.filter((write) => !write.broken);
      if (alive.length > 0) groups.unshift(...(await this.#commitGroup(alive)));
    }
  }

  /** Tries one transaction; returns the groups that are to be tried next. */
  async #commitGroup(writes: readonly Write[]): Promise<(readonly Write[])[]> {
    const { clock } = this.#ports;
    const begun = clock.now();
    const batch = toBatch(writes, this.#number + 1, begun);
    if (batch.oversize.length > 0) {
      for (const actor of batch.oversize) this.#ports.broken(actor, tooLarge(actor));
      return [writes];
    }
    const outcome = await this.#write(batch);
    switch (outcome.kind) {
      case "committed":
        this.#number = batch.rows.number;
        this.#ports.committed(writes, this.#event(batch, clock.now() - begun));
        return [];
      case "conflict":
        for (const actor of actorsOf(writes, outcome.ids)) this.#ports.broken(actor, conflict(actor));
        return [writes];
      case "refused":
        return this.#bisect(writes, outcome.error);
      default:
        throw new Fenced(`Lane ${this.#ports.lane} is fenced: another node writes now.`);
    }
  }

  /** An error that named nobody: looks for its write in the halves, the earlier half first. */
  #bisect(writes: readonly Write[], error: Error): (readonly Write[])[] {
    const [only, ...others] = writes;
    if (only !== undefined && others.length === 0) {
      this.#ports.log.error({ err: error, type: only.actor.type, key: only.actor.keyText }, "a turn was refused");
      this.#ports.broken(only.actor, refused(only, error));
      return [];
    }
    const middle = writes.length >> 1;
    return [writes.slice(0, middle), writes.slice(middle)];
  }

  /** Writes a batch until it is known what became of it. */
  async #write(batch: Batch): Promise<Exclude<CommitOutcome, { kind: "lost" }>> {
    const { writer, health, log, lane } = this.#ports;
    for (let wait = RETRY_MS.first; ; wait = Math.min(wait * 2, RETRY_MS.most)) {
      const outcome = await writer.commit(batch.rows);
      health(outcome.kind === "lost" ? outcome.error : null);
      if (outcome.kind !== "lost") return outcome;
      log.warn({ err: outcome.error, lane, batch: batch.rows.number }, "the connection was lost; asking the witness");
      await this.#pause(wait);
      const verdict = await this.#persistently(() => writer.witness(batch.rows.number));
      if (verdict !== "absent") return { kind: verdict };
    }
  }

  /** Tries again, with longer and longer waits, for as long as the database cannot be reached. */
  async #persistently<T>(operation: () => Promise<T>): Promise<T> {
    for (let wait = RETRY_MS.first; ; wait = Math.min(wait * 2, RETRY_MS.most)) {
      try {
        const result = await operation();
        this.#ports.health(null);
        return result;
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "StoreUnavailable") throw error;
        this.#ports.health(error);
        await this.#pause(wait);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await this.#ports.clock.sleep(ms, this.#giveUp);
    if (this.#giveUp.aborted) throw new OutcomeUnknown("Gave up while the database could not be reached.");
  }

  #event({ rows, changes }: Batch, took: number): CommittedEvent {
    return {
      kind: "committed",
      lane: this.#ports.lane,
      number: rows.number,
      at: rows.at,
      turns: rows.turns,
      took,
      changes,
    };
  }
}

function withoutId(writes: readonly Write[]): Actor[] {
  return [...new Set(writes.filter((write) => write.actor.id === null).map((write) => write.actor))];
}

function actorsOf(writes: readonly Write[], ids: readonly ActorId[]): Set<Actor> {
  const wanted = new Set<number | null>(ids);
  return new Set(writes.filter((write) => wanted.has(write.actor.id)).map((write) => write.actor));
}

function conflict(actor: Actor): GreenroomError {
  return new GreenroomError(
    "fenced",
    `${actor.type} ${actor.keyText} was written by somebody else; nothing of this was kept and it is loaded anew. Ask again.`,
  );
}

function tooLarge(actor: Actor): GreenroomError {
  const what = actor.definition.persistence === "state" ? "The state" : "An entry of the journal";
  return new GreenroomError(
    "handler_failed",
    `${what} of ${actor.type} ${actor.keyText} would be larger than ${MAX_STATE} bytes of JSON; nothing was kept.`,
  );
}

function refused({ actor, message }: Write, error: Error): GreenroomError {
  return new GreenroomError(
    "handler_failed",
    `${actor.type}.${message.command} made something that the database refused: ${error.message}`,
    undefined,
    { cause: error },
  );
}
