import type { ActorType } from "../../core/define/define.ts";
import { GreenroomError } from "../../core/errors.ts";
import type { CheckpointsWritten } from "../../protocol/past.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { Span } from "../ports/past.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { KEEP_MS, PRUNE_ROWS } from "../shared/limits.ts";
import { orUnavailable } from "../shared/refusals.ts";
import { recordedActor } from "./past.ts";
import { writeMissingCheckpoints, writePermanentCheckpoint } from "./permanent-checkpoints.ts";

/** Actors that one statement reads, and the pause before the next. */
const PAGE = 500;
const PAUSE_MS = 100;
/** The fraction of excess entries that is tolerated before pruning is worth a checkpoint. */
const SLACK = 0.1;
const DAY_MS = 24 * 3_600_000;

/** Prunes histories as their types' retention says or on request, and writes permanent checkpoints. */
export class Retention {
  readonly #deps: Pick<NodeDeps, "store" | "clock" | "log" | "types" | "ended">;
  #sweeping: Promise<void> | undefined;

  constructor(deps: Pick<NodeDeps, "store" | "clock" | "log" | "types" | "ended">) {
    this.#deps = deps;
  }

  /** Applies the retention of all types. One sweep runs at a time; the next one retries what failed. Never rejects. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepAll().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  /** Waits for a running sweep to end. Call it after `ended` is aborted. */
  async close(): Promise<void> {
    await this.#sweeping;
  }

  prune(address: Address, below: number): Promise<number> {
    return this.#onActor(address, (id) => pruneEntries(this.#deps, id, below - 1));
  }

  writeCheckpoints(address: Address, after: number): Promise<CheckpointsWritten> {
    return this.#onActor(address, (id) => writeMissingCheckpoints(this.#deps, id, after));
  }

  async #sweepAll(): Promise<void> {
    const types = [...this.#deps.types.all()].filter(({ retention }) => retention !== "all");
    for (const type of types) await this.#sweepType(type);
  }

  async #sweepType(type: ActorType): Promise<void> {
    const { store, clock, log, ended } = this.#deps;
    try {
      for (let after: number | null = 0; after !== null && !ended.aborted; ) {
        const { spans, next } = await store.spans(type.type, after, PAGE);
        for (const span of spans) if (!ended.aborted) await this.#pruneOne(type, span);
        after = next;
        if (after !== null) await clock.sleep(PAUSE_MS, ended);
      }
    } catch (error) {
      log.warn({ err: error, type: type.type }, "could not apply the retention of a type; the next sweep retries");
    }
  }

  /** An actor that cannot be pruned does not stop the sweep. */
  async #pruneOne({ type, retention }: ActorType, span: Span): Promise<void> {
    try {
      const through = await this.#through(retention, span);
      if (through >= span.begins) await pruneEntries(this.#deps, span.id, through);
    } catch (error) {
      if (!(error instanceof GreenroomError)) throw error;
      this.#deps.log.warn({ err: error, type, actor: span.id }, "could not prune an actor's entries");
    }
  }

  /** The last entry to delete; 0 if none. */
  async #through(retention: ActorType["retention"], { id, begins, head, firstAt }: Span): Promise<number> {
    const { store, clock } = this.#deps;
    if (retention === "all") return 0;
    if ("entries" in retention) {
      const max = retention.entries + Math.ceil(retention.entries * SLACK);
      return head - begins + 1 > max ? head - retention.entries : 0;
    }
    const before = clock.now() - retention.days * DAY_MS;
    return firstAt >= before ? 0 : ((await store.seqAt(id, before - 1))?.seq ?? 0);
  }

  #onActor<T>(address: Address, work: (id: ActorId) => Promise<T>): Promise<T> {
    return orUnavailable(async () => work((await recordedActor(this.#deps, address)).id));
  }
}

/**
 * Deletes an actor's entries up to a seq, except those that must stay; returns how many. Each step writes a checkpoint and
 * then deletes the entries before it, so every later state can still be computed if the node stops in between.
 * @throws GreenroomError `not_found` when an entry is missing; StoreUnavailable
 */
async function pruneEntries(
  deps: Pick<NodeDeps, "store" | "clock" | "ended">,
  id: ActorId,
  through: number,
): Promise<number> {
  const { store, ended } = deps;
  let pruned = 0;
  while (!ended.aborted) {
    const found = await store.prunable(id);
    if (found === null) return pruned;
    const { begins, last } = found;
    const wanted = Math.min(through, last, begins - 1 + PRUNE_ROWS);
    const cut = wanted < begins ? null : await writePermanentCheckpoint(deps, id, { seq: wanted, begins });
    const deleted = cut === null ? 0 : await store.pruneThrough(id, cut);
    if (deleted === 0) return pruned;
    pruned += deleted;
  }
  return pruned;
}

/** Deletes a bounded number of old replies and commit rows. Never rejects. */
export async function pruneOld({ store, clock, log }: Pick<NodeDeps, "store" | "clock" | "log">): Promise<void> {
  try {
    await store.prune(clock.now() - KEEP_MS, PRUNE_ROWS);
  } catch (error) {
    log.warn({ err: error }, "could not delete old replies; the next run retries");
  }
}
