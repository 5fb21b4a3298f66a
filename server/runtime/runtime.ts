import { randomUUID } from "node:crypto";
import { encodeKey } from "../core/define/keys.ts";
import { GreenroomError } from "../core/errors.ts";
import type { Intervention } from "../protocol/actors.ts";
import type { CommandReply, TellReply } from "../protocol/commands.ts";
import type { Sender } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type { RedriveInfo, RedriveRequest } from "../protocol/mail.ts";
import type { CheckpointsWritten } from "../protocol/past.ts";
import { unavailable } from "./actor/activation.ts";
import { ActorCounts } from "./actor/counts.ts";
import type { Answer } from "./actor/delivery.ts";
import { checkIdempotencyKey } from "./admission/in-flight.ts";
import type { CommandRequest, Inspector, MailReader, PastReader, QueryRequest, Runtime } from "./api.ts";
import { startUpkeep } from "./background.ts";
import type { Fork } from "./history/forks.ts";
import { Fenced } from "./lane/committer.ts";
import { fenced } from "./lane/settle.ts";
import { claimLease } from "./leadership/lease.ts";
import { MailboxCounts } from "./mailbox/counts.ts";
import type { Address } from "./ports/ids.ts";
import type { Claim } from "./ports/leases.ts";
import { crashPoint } from "./shared/crash-points.ts";
import { Events } from "./shared/events.ts";
import { STOP_GRACE_MS } from "./shared/limits.ts";
import type { Checked } from "./shared/types.ts";
import { expired, toCommandReply } from "./turn/answers.ts";
import { makeParts, type NodeOptions } from "./wiring.ts";

/** What a runtime is made of. */
export interface RuntimeOptions extends NodeOptions {
  /** Where people find the node. */
  location: string;
  /** Take the right to write at once: the caller knows that no other node lives. */
  force: boolean;
}

/** A runtime that holds the right to write. */
export interface RunningRuntime extends Runtime {
  /** Resolves with the reason when the runtime can do no more (another node has taken over): the process must end. */
  readonly failed: Promise<Error>;
  /** Takes no more work, finishes and commits what is in hand, and gives the right to write back. */
  stop(): Promise<void>;
}

/**
 * Starts a runtime: takes the right to write, then serves.
 * @throws AlreadyLed when another node holds the right; StoreUnavailable when the database cannot be reached
 */
export async function startRuntime(options: RuntimeOptions): Promise<RunningRuntime> {
  const { store, clock, location, force } = options;
  return lead(options, await claimLease(store, clock, { owner: randomUUID(), location }, force), new Events());
}

/**
 * Starts a runtime that has the right to write, and tells `events` what it does.
 * @throws StoreUnavailable when the database cannot be reached
 */
export async function lead(options: RuntimeOptions, claim: Claim, events: Events): Promise<RunningRuntime> {
  const { store, log } = options;
  const [actorCounts, mail] = await Promise.all([countActors(options), store.countMail()]);
  return new NodeRuntime(options, claim, { actorCounts, mailboxCounts: new MailboxCounts(store, log, mail), events });
}

/** How many actors of each type the store has. @throws StoreUnavailable when the database cannot be reached */
export async function countActors({ store, types }: Pick<RuntimeOptions, "store" | "types">): Promise<ActorCounts> {
  const stored = await store.countByType();
  return new ActorCounts(
    types.map(({ type }) => type),
    stored,
  );
}

/** The node: the askHandler puts messages into actors' lines, the lanes run and commit them, the inspector looks on. */
class NodeRuntime implements RunningRuntime {
  readonly events: Events;
  readonly inspector: Inspector;
  readonly mail: MailReader;
  readonly past: PastReader;
  readonly failed: Promise<Error>;
  readonly #options: RuntimeOptions;
  readonly #claim: Claim;
  readonly #parts: ReturnType<typeof makeParts>;
  readonly #ended = new AbortController();
  readonly #upkeep: readonly (() => void)[];
  /** Why no more work is taken; undefined while it is. */
  #closed: GreenroomError | undefined;
  #fail: (error: Error) => void = () => undefined;

  constructor(
    options: RuntimeOptions,
    claim: Claim,
    { actorCounts, mailboxCounts, events }: { actorCounts: ActorCounts; mailboxCounts: MailboxCounts; events: Events },
  ) {
    const stopped = (error: Error) => void this.#halt(error);
    this.#options = options;
    this.#claim = claim;
    this.events = events;
    const ended = this.#ended.signal;
    this.#parts = makeParts({ ...options, claim, actorCounts, mailboxCounts, events, ended, stopped });
    ({ inspector: this.inspector, mail: this.mail, past: this.past } = this.#parts);
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    this.#upkeep = startUpkeep(this.#parts, stopped);
  }

  async ask({ type, key, command, payload, idempotencyKey, resends }: CommandRequest): Promise<CommandReply> {
    if (idempotencyKey !== undefined) checkIdempotencyKey(idempotencyKey);
    const checked = this.#parts.types.check("command", type, key, command, payload);
    return toCommandReply(checked.definition, await this.#accept(checked, idempotencyKey, resends));
  }

  async tell({ type, key, command, payload, idempotencyKey, resends }: CommandRequest): Promise<TellReply> {
    if (idempotencyKey !== undefined) checkIdempotencyKey(idempotencyKey);
    const checked = this.#parts.types.check("command", type, key, command, payload);
    if (this.#closed !== undefined) throw this.#closed;
    const { messageId, repeated } = await this.#parts.tells.accept(checked, idempotencyKey, senderOf(resends));
    return { messageId, repeated };
  }

  async redrive(request: RedriveRequest): Promise<RedriveInfo> {
    const { store, clock } = this.#options;
    if (this.#closed !== undefined) throw this.#closed;
    const job = await store.startRedrive(randomUUID(), request, clock.now()).catch(sayUnavailable);
    if (job === null) throw new GreenroomError("not_found", "There are no such dead letters, or another job has them.");
    crashPoint("redrive: started");
    void this.#parts.redrives.run();
    return job;
  }

  async stopRedrive(id: string): Promise<void> {
    await this.#parts.redrives.stop(id).catch(sayUnavailable);
  }

  async query({ type, key, query, payload }: QueryRequest): Promise<Json> {
    const { reply } = await this.#accept(this.#parts.types.check("query", type, key, query, payload));
    return JSON.parse(reply) as Json;
  }

  async erase(type: string, key: readonly string[]): Promise<void> {
    if (this.#closed !== undefined) throw this.#closed;
    return this.#parts.interventions.erase(type, key);
  }

  async intervene(type: string, key: readonly string[], what: Intervention): Promise<void> {
    if (this.#closed !== undefined) throw this.#closed;
    return this.#parts.interventions.intervene(type, key, what);
  }

  get allowsChaos(): boolean {
    return this.#options.chaos === true;
  }

  async fork(type: string, keyText: string, request: Fork): Promise<Address> {
    if (this.#closed !== undefined) throw this.#closed;
    return this.#parts.forks.fork(type, keyText, request);
  }

  async pruneJournal(type: string, key: readonly string[], below: number): Promise<number> {
    if (this.#closed !== undefined) throw this.#closed;
    return this.#parts.retention.prune(type, encodeKey(key), below);
  }

  async writeCheckpoints(type: string, keyText: string, after: number): Promise<CheckpointsWritten> {
    if (this.#closed !== undefined) throw this.#closed;
    return this.#parts.retention.writeCheckpoints(type, keyText, after);
  }

  room(): Promise<void> {
    return this.#parts.inFlight.room();
  }

  async stop(): Promise<void> {
    this.#closed ??= new GreenroomError("unavailable", "The server is stopping; nothing was done.", {
      retryAfterMs: 5_000,
    });
    await this.#orGiveUp(this.#parts.inFlight.emptied());
    await this.#endWork(this.#closed);
    for (const stop of this.#upkeep) stop();
    this.#parts.inFlight.close();
    this.#parts.metrics.close();
    await this.#parts.activity.close();
    await this.#parts.checkpoints.flush();
    await this.#parts.retention.close();
    await this.#parts.lanes.close();
    await this.#options.store.release(this.#claim).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, "the lease was not given back; it lapses by itself");
    });
  }

  #accept(checked: Checked, idempotencyKey?: string, resends?: string): Promise<Answer> {
    if (this.#closed !== undefined) throw this.#closed;
    return this.#parts.askHandler.accept(checked, idempotencyKey, senderOf(resends));
  }

  /** The node can commit nothing more: every caller hears what became of their message, and the process is to end. */
  async #halt(error: Error): Promise<void> {
    if (!(error instanceof Fenced)) this.#options.log.error({ err: error }, "a lane stopped");
    this.#closed = fenced();
    await this.#endWork(this.#closed);
    this.#fail(error);
  }

  /** Ends the lanes, each after the batch that it is committing; whatever is left then never ran, or never commits. */
  async #endWork(why: GreenroomError): Promise<void> {
    this.#ended.abort();
    await this.#orGiveUp(this.#parts.lanes.halt());
    for (const actor of this.#parts.registry.all()) actor.open?.delivery.fail(expired());
    this.#parts.inFlight.failAll(why);
  }

  /** Waits for something that needs the database, which may be down; no longer than the grace. */
  async #orGiveUp(done: Promise<unknown>): Promise<void> {
    const waiting = new AbortController();
    const grace = this.#options.clock.sleep(STOP_GRACE_MS, waiting.signal).then(() => {
      if (!waiting.signal.aborted) this.#parts.lanes.giveUp();
    });
    await Promise.race([done, grace, this.failed]);
    waiting.abort();
  }
}

function senderOf(resends: string | undefined): Sender | null {
  return resends === undefined ? null : { resends };
}

function sayUnavailable(error: unknown): never {
  throw unavailable(error);
}
