import { randomUUID } from "node:crypto";
import { GreenroomError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import type { Intervention } from "../../protocol/actors.ts";
import type { CommandReply, TellReply } from "../../protocol/commands.ts";
import type { Json } from "../../protocol/json.ts";
import type { MailCounts, RedriveInfo, RedriveRequest } from "../../protocol/mail.ts";
import type { Overview } from "../../protocol/overview.ts";
import type { CheckpointsWritten } from "../../protocol/past.ts";
import type { ActorCounts } from "../actor/counts.ts";
import type { CommandRequest, Inspector, MailReader, PastReader, QueryRequest } from "../api.ts";
import type { Fork } from "../history/forks.ts";
import { inPlace } from "../history/sandbox.ts";
import { positionOf, StoreInspector } from "../inspect/inspector.ts";
import { MailInspector } from "../inspect/mailboxes.ts";
import { NodeMetrics } from "../inspect/metrics.ts";
import { PastInspector } from "../inspect/past.ts";
import { TypeMetrics } from "../inspect/type-metrics.ts";
import type { Address } from "../ports/ids.ts";
import type { Leader } from "../ports/leases.ts";
import { countActors, lead, type RunningRuntime, type RuntimeOptions } from "../runtime.ts";
import { Events } from "../shared/events.ts";
import { LANES, LEASE_MS } from "../shared/limits.ts";
import { Types } from "../shared/types.ts";
import { introduce } from "./lease.ts";

/** How often a standby looks whether the leader's lease has lapsed, or was given back. In milliseconds. */
const LOOK_MS = 250;
/** How often those who read hear at most that the leader has committed: each of them then reads the store. */
const NEWS_MS = 1_000;
/** How often the actors are counted anew, which reads a whole index. */
const COUNT_MS = 30_000;

/**
 * Starts a runtime that reads while another node leads, and takes over when that one has ended: then it is as any other.
 * @throws StoreUnavailable when the database cannot be reached
 */
export async function standBy(options: RuntimeOptions): Promise<RunningRuntime> {
  const standby = new Standby(options, await countActors(options), await options.store.countMail());
  await standby.start();
  return standby;
}

/** A node before and after it takes over. Whoever has it need not know which: what it offers is the same object. */
class Standby implements RunningRuntime {
  readonly events = new Events();
  readonly inspector: Inspector;
  readonly mail: MailReader;
  readonly past: PastReader;
  readonly failed: Promise<Error>;
  readonly #options: RuntimeOptions;
  readonly #owner = randomUUID();
  readonly #metrics: NodeMetrics;
  readonly #stopping = new AbortController();
  #fail: (error: Error) => void = () => undefined;
  /** The node that it became. */
  #node: RunningRuntime | undefined;
  #leader: Leader | null = null;
  #actorCounts: ActorCounts;
  #mail: MailCounts;
  #countedAt: number;
  /** What those who read have heard of, and when. */
  #told: { batches: readonly number[]; at: number };
  #waiting: Promise<void> = Promise.resolve();

  constructor(options: RuntimeOptions, actorCounts: ActorCounts, mail: MailCounts) {
    const { store, clock, limits } = options;
    const types = new Types(options.types);
    this.#options = options;
    this.#actorCounts = actorCounts;
    this.#mail = mail;
    this.#countedAt = clock.now();
    this.#told = { batches: [], at: 0 };
    this.#metrics = new NodeMetrics(clock, () => this.#mail);
    this.mail = new MailInspector({ store, types });
    this.past = new PastInspector({ store, types, clock, sandbox: options.sandbox ?? inPlace(options.types) });
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    const reading = new StoreInspector({
      ...{
        store,
        types,
        limits,
        clock,
        metrics: this.#metrics,
        typeMetrics: new TypeMetrics(clock),
        startedAt: clock.now(),
      },
      registry: { get: () => undefined, all: () => [] },
      activity: { unwritten: () => new Map() },
      actorCounts: { counts: () => this.#actorCounts.counts() },
      inFlight: { size: 0 },
      node: () => this.#whoLeads(),
      committed: () => this.#leader?.batches ?? [],
      newestActor: () => this.#leader?.newestActor ?? 0,
      mailCounts: () => this.#mail,
    });
    this.inspector = following(() => this.#node?.inspector ?? reading);
  }

  /** Looks who leads, and goes on looking until this node does. */
  async start(): Promise<void> {
    if (await this.#look()) return;
    if (this.#leader !== null) {
      const { name, since } = introduce(this.#leader);
      this.#options.log.info(`stands by for ${name}, which leads since ${since}`);
    }
    this.#waiting = this.#wait();
  }

  async ask(request: CommandRequest): Promise<CommandReply> {
    return this.#leading().ask(request);
  }

  async tell(request: CommandRequest): Promise<TellReply> {
    return this.#leading().tell(request);
  }

  async redrive(request: RedriveRequest): Promise<RedriveInfo> {
    return this.#leading().redrive(request);
  }

  async stopRedrive(id: string): Promise<void> {
    return this.#leading().stopRedrive(id);
  }

  async query(request: QueryRequest): Promise<Json> {
    return this.#leading().query(request);
  }

  async fork(type: string, keyText: string, request: Fork): Promise<Address> {
    return this.#leading().fork(type, keyText, request);
  }

  async erase(type: string, key: readonly string[]): Promise<void> {
    return this.#leading().erase(type, key);
  }

  async intervene(type: string, key: readonly string[], what: Intervention): Promise<void> {
    return this.#leading().intervene(type, key, what);
  }

  get allowsChaos(): boolean {
    return this.#options.chaos === true;
  }

  async pruneJournal(type: string, key: readonly string[], below: number): Promise<number> {
    return this.#leading().pruneJournal(type, key, below);
  }

  async writeCheckpoints(type: string, keyText: string, after: number): Promise<CheckpointsWritten> {
    return this.#leading().writeCheckpoints(type, keyText, after);
  }

  async room(): Promise<void> {
    return this.#node?.room();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#waiting;
    this.#metrics.close();
    await this.#node?.stop();
  }

  /** Until it is stopped or leads; never rejects. */
  async #wait(): Promise<void> {
    const { clock, log } = this.#options;
    for (;;) {
      await clock.sleep(LOOK_MS, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      try {
        if (await this.#look()) return;
      } catch (error) {
        this.#metrics.database(error as Error);
        log.debug({ err: error }, "it is not known who leads");
      }
    }
  }

  /** Looks who leads, and takes over when nobody does. Returns whether this node leads now. */
  async #look(): Promise<boolean> {
    const { store, clock } = this.#options;
    this.#leader = await store.leader();
    this.#metrics.database(null);
    if (this.#isLed(this.#leader)) {
      this.#tell(this.#leader);
      if (clock.now() - this.#countedAt < COUNT_MS) return false;
      this.#countedAt = clock.now();
      this.#actorCounts = await countActors(this.#options);
      this.#mail = await store.countMail();
      return false;
    }
    return this.#takeOver();
  }

  async #takeOver(): Promise<boolean> {
    const { store, location, force, log } = this.#options;
    const claim = await store.claim({ owner: this.#owner, location }, LANES, LEASE_MS, force);
    if (!("epoch" in claim)) return false;
    const node = await lead(this.#options, claim, this.events);
    this.#node = node;
    this.#metrics.close();
    void node.failed.then(this.#fail);
    this.events.emit({ kind: "behind", position: node.inspector.position() });
    log.info({ epoch: claim.epoch }, "leads now");
    return true;
  }

  /** Lets those who read know that the leader has committed. */
  #tell({ batches, newestActor }: Leader): void {
    const now = this.#options.clock.now();
    const { batches: told, at } = this.#told;
    if (now - at < NEWS_MS || batches.every((number, lane) => number === told[lane])) return;
    this.#told = { batches, at: now };
    this.events.emit({ kind: "behind", position: positionOf(batches, newestActor) });
  }

  /** Whether another node leads. */
  #isLed(leader: Leader | null): leader is Leader {
    return leader !== null && leader.owner !== this.#owner && leader.lapsesIn > 0;
  }

  #whoLeads(): Overview["node"] {
    if (this.#leader === null) return { owner: this.#owner, epoch: 0, standsBy: null };
    const { owner, epoch, since } = this.#leader;
    return { owner, epoch, standsBy: { name: introduce(this.#leader).name, since: isoTime(since) } };
  }

  /** @throws GreenroomError `unavailable`, which names the leader, while this node does not lead */
  #leading(): RunningRuntime {
    if (this.#node !== undefined) return this.#node;
    if (!this.#isLed(this.#leader)) {
      throw new GreenroomError("unavailable", "This server is taking over; nothing was done. Try again.", {
        retryAfterMs: LOOK_MS,
      });
    }
    const { name, since } = introduce(this.#leader);
    throw new GreenroomError(
      "unavailable",
      `This server stands by for ${name}, which leads since ${since}; nothing was done. Send it there, or try again.`,
      { retryAfterMs: NEWS_MS },
    );
  }
}

/** An object whose methods are, at each call, those of whatever `current` gives then. */
function following<T extends object>(current: () => T): T {
  return new Proxy({} as T, {
    get(_, name) {
      const target = current();
      const method: unknown = Reflect.get(target, name);
      return typeof method === "function" ? method.bind(target) : method;
    },
  });
}
