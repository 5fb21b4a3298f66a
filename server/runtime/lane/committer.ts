import type { GreenroomError } from "../../core/errors.ts";
import type { Actor } from "../actor/actor.ts";
import type { StagedTurn } from "../actor/staged-turn.ts";
import type { CommitOutcome, LaneWriter } from "../ports/commit.ts";
import type { ActorId } from "../ports/ids.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { NodeDeps } from "../shared/deps.ts";
import type { CommittedEvent } from "../shared/events.ts";
import { RETRY_MS } from "../shared/limits.ts";
import { conflict, refusedByDatabase, tooLarge } from "../shared/refusals.ts";
import { type Batch, type BatchItem, isStagedTurn, receiversOf, toBatch } from "./batch.ts";
import { mailChange } from "./mail-rows.ts";

/** Another node has taken over. What this node has not committed never commits. */
export class Fenced extends Error {
  override readonly name = "Fenced";
}

/** The node gave up before it was known whether a batch had committed. */
class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";
}

export type CommitterDeps = Pick<NodeDeps, "clock" | "log" | "mailSeqs"> & {
  lane: number;
  writer: LaneWriter;
  /** Gives ids to the actors of the items that have none. Rejects when the database cannot be reached. */
  identify(items: readonly BatchItem[]): Promise<void>;
  /** The items are durable, in their order. */
  committed(items: readonly BatchItem[], event: CommittedEvent): void;
  /** Nothing that the actor has staged will commit. `culprit` is the turn that caused it, if one did. */
  broken(actor: Actor, error: GreenroomError, culprit?: StagedTurn): void;
  /** Whether the database answered: an error when it could not be reached. */
  health(error: Error | null): void;
};

/**
 * Commits items in groups, one transaction at a time. A turn that cannot be committed leaves the group together with all
 * later turns of its actor; the rest commits.
 */
export class Committer {
  readonly #deps: CommitterDeps;
  readonly #giveUp: AbortSignal;
  /** The number of the lane's last batch. */
  #number: number;
  /** How long its commit took, in milliseconds; null before the first one of this committer. */
  #durationMs: number | null = null;

  constructor(deps: CommitterDeps, lastBatch: number, giveUp: AbortSignal) {
    this.#deps = deps;
    this.#number = lastBatch;
    this.#giveUp = giveUp;
  }

  /**
   * Returns when each item has committed or is broken.
   * @throws Fenced when another node has taken over; items that are neither never commit
   * @throws OutcomeUnknown when it gave up before the database answered
   */
  async commit(items: readonly BatchItem[]): Promise<void> {
    crashPoint("ids: before they are given");
    await this.#persistently(() => this.#deps.identify(items));
    crashPoint("ids: given");
    const groups: (readonly BatchItem[])[] = [items];
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      const alive = group.filter((item) => !isStagedTurn(item) || !item.broken);
      if (alive.length > 0) groups.unshift(...(await this.#commitGroup(alive)));
    }
  }

  /** Tries one transaction. Returns the groups to try next. */
  async #commitGroup(items: readonly BatchItem[]): Promise<(readonly BatchItem[])[]> {
    const { clock, mailSeqs } = this.#deps;
    const startedAt = clock.now();
    const lastMailSeq = mailSeqs.last;
    const batch = toBatch(items, {
      number: this.#number + 1,
      at: startedAt,
      lastMailSeq,
      previousDurationMs: this.#durationMs,
    });
    if (batch.oversize.length > 0) {
      for (const staged of batch.oversize) this.#deps.broken(staged.actor, oversized(staged.actor), staged);
      return [items];
    }
    const outcome = await this.#write(batch);
    switch (outcome.kind) {
      case "committed":
        this.#number = batch.rows.number;
        this.#durationMs = Math.max(0, clock.now() - startedAt);
        this.#deps.committed(items, this.#event(batch, this.#durationMs));
        return [];
      case "conflict":
        for (const actor of actorsOf(items, outcome.ids)) this.#deps.broken(actor, conflict(actor));
        return [items];
      case "absent":
        forget(items, outcome.ids);
        await this.#persistently(() => this.#deps.identify(items));
        return [items];
      case "refused":
        return this.#bisect(items, outcome.error);
      default:
        throw new Fenced(`Lane ${this.#deps.lane} is fenced: another node writes now.`);
    }
  }

  /** The database refused the group and named no actor: the halves are tried, the earlier one first. */
  #bisect(items: readonly BatchItem[], error: Error): (readonly BatchItem[])[] {
    const [only, ...others] = items;
    if (only === undefined || others.length > 0) {
      const middle = items.length >> 1;
      return [items.slice(0, middle), items.slice(middle)];
    }
    const { type, keyText } = isStagedTurn(only) ? only.actor : only.to;
    this.#deps.log.error({ err: error, type, key: keyText }, "the database refused what was to be committed");
    if (isStagedTurn(only)) {
      const what = `what ${type}.${only.message.command} made`;
      this.#deps.broken(only.actor, refusedByDatabase(what, error), only);
    } else {
      only.settle(refusedByDatabase(`a message for ${type} ${keyText}`, error));
    }
    return [];
  }

  /** Writes a batch until its outcome is known. */
  async #write(batch: Batch): Promise<Exclude<CommitOutcome, { kind: "lost" }>> {
    const { writer, health, log, lane } = this.#deps;
    for (let wait = RETRY_MS.first; ; wait = Math.min(wait * 2, RETRY_MS.max)) {
      const outcome = await writer.commit(batch.rows);
      health(outcome.kind === "lost" ? outcome.error : null);
      if (outcome.kind !== "lost") return outcome;
      log.warn({ err: outcome.error, lane, batch: batch.rows.number }, "the connection was lost; asking the witness");
      await this.#pause(wait);
      const answer = await this.#persistently(() => writer.witness(batch.rows.number));
      if (answer !== "absent") return { kind: answer };
    }
  }

  /** Retries with exponential backoff while the database cannot be reached. */
  async #persistently<T>(operation: () => Promise<T>): Promise<T> {
    for (let wait = RETRY_MS.first; ; wait = Math.min(wait * 2, RETRY_MS.max)) {
      try {
        const result = await operation();
        this.#deps.health(null);
        return result;
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "StoreUnavailable") throw error;
        this.#deps.health(error);
        await this.#pause(wait);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await this.#deps.clock.sleep(ms, this.#giveUp);
    if (this.#giveUp.aborted) throw new OutcomeUnknown("Gave up while the database could not be reached.");
  }

  #event({ rows, timing, changes, failures, mailboxes }: Batch, durationMs: number): CommittedEvent {
    timing.durationMs = durationMs;
    return {
      kind: "committed",
      lane: this.#deps.lane,
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

/** Receivers that were erased meanwhile lose their ids, and get new ones. */
function forget(items: readonly BatchItem[], ids: readonly ActorId[]): void {
  const gone = new Set<number | null>(ids);
  for (const to of items.flatMap(receiversOf)) if (gone.has(to.id)) to.id = null;
}

function oversized(actor: Actor): GreenroomError {
  return tooLarge(actor, actor.definition.persistence === "state" ? "The state" : "An entry of the journal");
}
