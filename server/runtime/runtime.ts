import { randomUUID } from "node:crypto";
import type { GreenroomError } from "../core/errors.ts";
import type { Sender } from "../protocol/journal.ts";
import { ActorCounts } from "./actor/counts.ts";
import type { Answer } from "./actor/delivery.ts";
import { checkIdempotencyKey } from "./admission/in-flight.ts";
import type { CommandRequest, Inspector, MailReader, Operations, PastReader, Runtime } from "./api.ts";
import { startBackground } from "./background.ts";
import type { InspectorDeps } from "./inspect/inspector.ts";
import { Fenced } from "./lane/committer.ts";
import { claimLease } from "./leadership/lease.ts";
import { MailboxCounts } from "./mailbox/counts.ts";
import type { Claim } from "./ports/leases.ts";
import { Events } from "./shared/events.ts";
import { STOP_GRACE_MS } from "./shared/limits.ts";
import { expired, fenced, stopping } from "./shared/refusals.ts";
import type { Checked } from "./shared/types.ts";
import { toCommandReply, toCommandReplyText } from "./turn/answers.ts";
import { makeNode, type NodeOptions } from "./wiring.ts";

export interface RuntimeOptions extends NodeOptions {
  /** Where people find the node. */
  location: string;
  /** Takes the right to write at once. The caller knows that no other node lives. */
  force: boolean;
}

/** A runtime that holds the right to write. */
export interface RunningRuntime extends Runtime {
  /** Resolves with the reason when the runtime cannot go on: the process must end. */
  readonly failed: Promise<Error>;
  /** Takes no more work, finishes and commits what it has, and gives the right to write back. */
  stop(): Promise<void>;
}

/**
 * Starts a runtime: takes the right to write, then serves.
 * @throws AlreadyLed when another node holds the right; StoreUnavailable when the database cannot be reached
 */
export async function startRuntime(options: RuntimeOptions): Promise<RunningRuntime> {
  const { location, force } = options;
  return lead(options, await claimLease(options, { owner: randomUUID(), location }, force), new Events());
}

/**
 * Starts a runtime that has the right to write and reports to `events`.
 * @throws StoreUnavailable when the database cannot be reached
 */
export async function lead(options: RuntimeOptions, claim: Claim, events: Events): Promise<NodeRuntime> {
  const { store, log } = options;
  const [actorCounts, mail] = await Promise.all([countActors(options), store.countMail()]);
  return new NodeRuntime(options, claim, events, actorCounts, new MailboxCounts(store, log, mail));
}

/** Counts the stored actors by type. @throws StoreUnavailable when the database cannot be reached */
export async function countActors({ store, types }: Pick<RuntimeOptions, "store" | "types">): Promise<ActorCounts> {
  const stored = await store.countByType();
  return new ActorCounts(
    types.map(({ type }) => type),
    stored,
  );
}

/** A runtime whose node leads. */
export class NodeRuntime implements RunningRuntime {
  readonly events: Events;
  readonly inspector: Inspector;
  readonly mail: MailReader;
  readonly past: PastReader;
  readonly failed: Promise<Error>;
  readonly ask: Operations["ask"] = async (request) => {
    const checked = this.#check(request);
    return toCommandReply(checked.definition, await this.#ask(checked, request));
  };
  readonly askText: Operations["askText"] = async (request) => {
    const checked = this.#check(request);
    return toCommandReplyText(checked.definition, await this.#ask(checked, request));
  };
  readonly tell: Operations["tell"] = async (request) => {
    const checked = this.#check(request);
    const sender = senderOf(request);
    const { messageId, repeated } = await this.#open.tellHandler.accept(checked, request.idempotencyKey, sender);
    return { messageId, repeated };
  };
  readonly query: Operations["query"] = async (request) => {
    const checked = this.#node.types.check("query", request, request.query, request.payload);
    const { reply } = await this.#open.askHandler.accept(checked);
    return JSON.parse(reply);
  };
  readonly startRedrive: Operations["startRedrive"] = async (request) => this.#open.redrives.start(request);
  readonly stopRedrive: Operations["stopRedrive"] = async (id) => this.#open.redrives.stop(id);
  readonly erase: Operations["erase"] = async (address) => this.#open.interventions.erase(address);
  readonly intervene: Operations["intervene"] = async (address, what) =>
    this.#open.interventions.intervene(address, what);
  readonly fork: Operations["fork"] = async (address, request) => this.#open.forks.fork(address, request);
  readonly pruneJournal: Operations["pruneJournal"] = async (address, below) =>
    this.#open.retention.prune(address, below);
  readonly writeCheckpoints: Operations["writeCheckpoints"] = async (address, after) =>
    this.#open.retention.writeCheckpoints(address, after);
  readonly #options: RuntimeOptions;
  readonly #claim: Claim;
  readonly #node: ReturnType<typeof makeNode>;
  readonly #ended = new AbortController();
  readonly #background: readonly (() => void)[];
  /** Why no more work is taken; undefined while it is. */
  #closed: GreenroomError | undefined;
  #fail: (error: Error) => void = () => undefined;

  constructor(
    options: RuntimeOptions,
    claim: Claim,
    events: Events,
    actorCounts: ActorCounts,
    mailboxCounts: MailboxCounts,
  ) {
    const stopped = (error: Error) => void this.#halt(error);
    this.#options = options;
    this.#claim = claim;
    this.events = events;
    const ended = this.#ended.signal;
    this.#node = makeNode({ ...options, claim, actorCounts, mailboxCounts, events, ended, stopped });
    ({ inspector: this.inspector, mail: this.mail, past: this.past } = this.#node);
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    this.#background = startBackground(this.#node, stopped);
  }

  /** What its inspector reads from. */
  get sources(): InspectorDeps {
    return this.#node.sources;
  }

  get allowsChaos(): boolean {
    return this.#options.chaos === true;
  }

  room(): Promise<void> {
    return this.#node.inFlight.room();
  }

  async stop(): Promise<void> {
    const { inFlight, metrics, activity, checkpoints, retention, lanes } = this.#node;
    this.#closed ??= stopping();
    await this.#orGiveUp(inFlight.emptied());
    await this.#endWork(this.#closed);
    for (const stop of this.#background) stop();
    inFlight.close();
    metrics.close();
    await activity.close();
    await checkpoints.flush();
    await retention.close();
    await lanes.close();
    await this.#options.store.release(this.#claim).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, "the lease was not given back; it expires by itself");
    });
  }

  /** The node while it takes work. @throws GreenroomError `unavailable` or `fenced` when it takes no more */
  get #open(): ReturnType<typeof makeNode> {
    if (this.#closed !== undefined) throw this.#closed;
    return this.#node;
  }

  #check(request: CommandRequest): Checked {
    checkIdempotencyKey(request.idempotencyKey);
    return this.#node.types.check("command", request, request.command, request.payload);
  }

  #ask(checked: Checked, request: CommandRequest): Promise<Answer> {
    return this.#open.askHandler.accept(checked, request.idempotencyKey, senderOf(request));
  }

  /** The node can commit nothing more: every caller learns what became of its message, and the process is to end. */
  async #halt(error: Error): Promise<void> {
    if (!(error instanceof Fenced)) this.#options.log.error({ err: error }, "a lane stopped");
    this.#closed = fenced();
    await this.#endWork(this.#closed);
    this.#fail(error);
  }

  /** Ends the lanes, each after the batch that it commits. What is left then never ran, or never commits. */
  async #endWork(why: GreenroomError): Promise<void> {
    const { lanes, registry, inFlight } = this.#node;
    this.#ended.abort();
    await this.#orGiveUp(lanes.halt());
    for (const actor of registry.all()) actor.open?.delivery.fail(expired());
    inFlight.failAll(why);
  }

  /** Waits for work that needs the database, which may be down, for no longer than the grace period. */
  async #orGiveUp(done: Promise<unknown>): Promise<void> {
    const waiting = new AbortController();
    const grace = this.#options.clock.sleep(STOP_GRACE_MS, waiting.signal).then(() => {
      if (!waiting.signal.aborted) this.#node.lanes.giveUp();
    });
    await Promise.race([done, grace, this.failed]);
    waiting.abort();
  }
}

function senderOf({ resends }: CommandRequest): Sender | null {
  return resends === undefined ? null : { resends };
}
