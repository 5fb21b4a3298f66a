import { GreenroomError } from "../../core/errors.ts";
import { MAX_STATE } from "../../core/json/size.ts";
import type { Log } from "../../process/log.ts";
import type { Actor, StagedTurn } from "../actor/actor.ts";
import { mailChange } from "../mailbox/counts.ts";
import type { Clock } from "../ports/clock.ts";
import type { CommitOutcome, LaneWriter } from "../ports/commit.ts";
import type { ActorId } from "../ports/ids.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { CommittedEvent } from "../shared/events.ts";
import type { ExternalWrite } from "../shared/external-write.ts";
import { RETRY_MS } from "../shared/limits.ts";
import type { MailSeqs } from "../shared/mail-seqs.ts";
import { type Batch, type BatchItem, isStagedTurn, receiversOf, toBatch } from "./batch.ts";

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
  ids: MailSeqs;
  /** Gives ids to whatever the items name that has none. Throws when the database cannot be reached. */
  identify(items: readonly BatchItem[]): Promise<void>;
  /** They are durable, in their order. */
  committed(items: readonly BatchItem[], event: CommittedEvent): void;
  /** None of the actor's writes that have not committed ever will be; `culprit` where one of them is to blame. */
  broken(actor: Actor, error: GreenroomError, culprit?: StagedTurn): void;
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
  /** How long that took, in milliseconds, if it was this committer's. */
  #took: number | null = null;

  constructor(ports: CommitterPorts, lastBatch: number, giveUp: AbortSignal) {
    this.#ports = ports;
    this.#number = lastBatch;
    this.#giveUp = giveUp;
  }

  /**
   * Commits the items, or breaks them and their actors; returns when each has come to one of the two.
   * @throws Fenced when another node has taken over; whatever has not come to one of the two never committed
   * @throws OutcomeUnknown when it was told to give up before the database answered
   */
  async commit(items: readonly BatchItem[]): Promise<void> {
    crashPoint("ids: before they are given");
    await this.#persistently(() => this.#ports.identify(items));
    crashPoint("ids: given");
    const groups: (readonly BatchItem[])[] = [items];
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      const alive = group.filter((item) => !isStagedTurn(item) || !item.broken);
      if (alive.length > 0) groups.unshift(...(await this.#commitGroup(alive)));
    }
  }

  /** Tries one transaction; returns the groups that are to be tried next. */
  async #commitGroup(items: readonly BatchItem[]): Promise<(readonly BatchItem[])[]> {
    const { clock } = this.#ports;
    const begun = clock.now();
    const lastMailSeq = this.#ports.ids.last;
    const batch = toBatch(items, { number: this.#number + 1, at: begun, lastMailSeq, previousDurationMs: this.#took });
    if (batch.oversize.length > 0) {
      for (const write of batch.oversize) this.#ports.broken(write.actor, tooLarge(write.actor), write);
      return [items];
    }
    const outcome = await this.#write(batch);
    switch (outcome.kind) {
      case "committed":
        this.#number = batch.rows.number;
        this.#took = Math.max(0, clock.now() - begun);
        this.#ports.committed(items, this.#event(batch, this.#took));
        return [];
      case "conflict":
        for (const actor of actorsOf(items, outcome.ids)) this.#ports.broken(actor, conflict(actor));
        return [items];
      case "absent":
        forget(items, outcome.ids);
        await this.#persistently(() => this.#ports.identify(items));
        return [items];
      case "refused":
        return this.#bisect(items, outcome.error);
      default:
        throw new Fenced(`Lane ${this.#ports.lane} is fenced: another node writes now.`);
    }
  }

  /** An error that named nobody: looks for its item in the halves, the earlier half first. */
  #bisect(items: readonly BatchItem[], error: Error): (readonly BatchItem[])[] {
    const [only, ...others] = items;
    if (only === undefined || others.length > 0) {
      const middle = items.length >> 1;
      return [items.slice(0, middle), items.slice(middle)];
    }
    const { type, keyText } = isStagedTurn(only) ? only.actor : only.to;
    this.#ports.log.error({ err: error, type, key: keyText }, "the database refused what was to be committed");
    if (isStagedTurn(only)) this.#ports.broken(only.actor, refused(only, error), only);
    else only.settle(notStored(only, error));
    return [];
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

  #event({ rows, timing, changes, failures, mailboxes }: Batch, durationMs: number): CommittedEvent {
    timing.durationMs = durationMs;
    return {
      kind: "committed",
      lane: this.#ports.lane,
      number: rows.number,
      at: rows.at,
      turns: rows.turns,
      durationMs,
      changes,
      failures,
      mailboxes,
      mail: mailChange(rows),
      reminders: rows.reminders.reduce<number | null>((first, { at }) => Math.min(first ?? at, at), null),
    };
  }
}

function actorsOf(items: readonly BatchItem[], ids: readonly ActorId[]): Set<Actor> {
  const wanted = new Set<number | null>(ids);
  return new Set(items.filter(isStagedTurn).flatMap(({ actor }) => (wanted.has(actor.id) ? [actor] : [])));
}

/** Receivers that were erased meanwhile have no id any more; whoever is sent to now gets a new one. */
function forget(items: readonly BatchItem[], ids: readonly ActorId[]): void {
  const gone = new Set<number | null>(ids);
  for (const to of items.flatMap(receiversOf)) if (gone.has(to.id)) to.id = null;
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

function refused({ actor, message }: StagedTurn, error: Error): GreenroomError {
  return new GreenroomError(
    "handler_failed",
    `${actor.type}.${message.command} made something that the database refused: ${error.message}`,
    undefined,
    { cause: error },
  );
}

function notStored({ to }: ExternalWrite, error: Error): GreenroomError {
  const message = `The database refused a message for ${to.type} ${to.keyText}: ${error.message}`;
  return new GreenroomError("handler_failed", message, undefined, { cause: error });
}
