import type { ActorType } from "../../core/define/define.ts";
import { GreenroomError } from "../../core/errors.ts";
import type { Log } from "../../process/log.ts";
import type { CheckpointsWritten } from "../../protocol/past.ts";
import { unavailable } from "../actor/activation.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Span } from "../ports/past.ts";
import type { Store } from "../ports/store.ts";
import type { Types } from "../shared/types.ts";
import { keepCheckpoints } from "./kept-checkpoints.ts";
import { pruneEntries } from "./prune.ts";
import { withHistory } from "./with-history.ts";

/** Actors that one statement looks at, and how long it is waited before the next. */
const PAGE = 500;
const PAUSE_MS = 100;
/** Of a number of entries, the part that may be there too many before a checkpoint is worth it. */
const SLACK = 0.1;
const DAY_MS = 24 * 3_600_000;

/** What retention needs. */
export interface RetentionPorts {
  store: Store;
  clock: Clock;
  log: Log;
  types: Types;
  /** Aborted when the node stops. */
  ended: AbortSignal;
}

/** Lets go of what types keep no longer of their actors' pasts, and keeps checkpoints where they are wanted. */
export class Retention {
  readonly #with: RetentionPorts;
  #sweeping: Promise<void> | undefined;

  constructor(ports: RetentionPorts) {
    this.#with = ports;
  }

  /**
   * Looks at all actors of the types that do not keep all, one page after the other, and prunes those that have too much.
   * One sweep at a time; what fails is left to the next. Never rejects.
   */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepAll().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  /** Resolves when no sweep goes on any more, after the node has ended. */
  async close(): Promise<void> {
    await this.#sweeping;
  }

  /** See `Runtime.pruneJournal`. */
  prune(type: string, keyText: string, below: number): Promise<number> {
    return this.#onActor(type, keyText, (id) => pruneEntries(this.#with, id, below - 1));
  }

  /** See `Runtime.writeCheckpoints`. */
  writeCheckpoints(type: string, keyText: string, after: number): Promise<CheckpointsWritten> {
    return this.#onActor(type, keyText, (id) => keepCheckpoints(this.#with, id, after));
  }

  async #sweepAll(): Promise<void> {
    const types = [...this.#with.types.all()].filter(({ retention }) => retention !== "all");
    for (const type of types) await this.#sweepType(type);
  }

  async #sweepType(type: ActorType): Promise<void> {
    const { store, clock, log, ended } = this.#with;
    try {
      for (let after: number | null = 0; after !== null && !ended.aborted; ) {
        const { spans, next } = await store.spans(type.type, after, PAGE);
        for (const span of spans) if (!ended.aborted) await this.#pruneOne(type, span);
        after = next;
        if (after !== null) await clock.sleep(PAUSE_MS, ended);
      }
    } catch (error) {
      log.warn({ err: error, type: type.type }, "what is not kept any more could not be deleted; it will be next time");
    }
  }

  /** One actor that cannot be pruned does not keep the others. */
  async #pruneOne({ type, retention }: ActorType, span: Span): Promise<void> {
    try {
      const through = await this.#through(retention, span);
      if (through >= span.begins) await pruneEntries(this.#with, span.id, through);
    } catch (error) {
      if (!(error instanceof GreenroomError)) throw error;
      this.#with.log.warn({ err: error, type, actor: span.id }, "an actor's entries could not be pruned");
    }
  }

  /** The last entry that is kept no longer; below the first where all are. */
  async #through(retention: ActorType["retention"], { id, begins, head, firstAt }: Span): Promise<number> {
    const { store, clock } = this.#with;
    if (retention === "all") return 0;
    if ("entries" in retention) {
      const most = retention.entries + Math.ceil(retention.entries * SLACK);
      return head - begins + 1 > most ? head - retention.entries : 0;
    }
    const before = clock.now() - retention.days * DAY_MS;
    return firstAt >= before ? 0 : ((await store.seqAt(id, before - 1))?.seq ?? 0);
  }

  async #onActor<T>(type: string, keyText: string, work: (id: ActorId) => Promise<T>): Promise<T> {
    try {
      const { id } = await withHistory(this.#with, type, keyText);
      return await work(id);
    } catch (error) {
      throw error instanceof GreenroomError ? error : unavailable(error);
    }
  }
}
