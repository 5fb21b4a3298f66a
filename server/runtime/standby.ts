import { randomUUID } from "node:crypto";
import { GreenroomError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";
import type { MailCounts } from "../protocol/mail.ts";
import type { Overview } from "../protocol/overview.ts";
import type { ActorCounts } from "./actor/counts.ts";
import { type Inspector, type MailReader, type Operations, operationNames, type PastReader } from "./api.ts";
import { inPlace } from "./history/sandbox.ts";
import { positionOf, StoreInspector } from "./inspect/inspector.ts";
import { MailInspector } from "./inspect/mailboxes.ts";
import { NodeMetrics } from "./inspect/metrics.ts";
import { PastInspector } from "./inspect/past.ts";
import { TypeMetrics } from "./inspect/type-metrics.ts";
import { introduce } from "./leadership/lease.ts";
import type { Leader } from "./ports/leases.ts";
import { countActors, lead, type NodeRuntime, type RunningRuntime, type RuntimeOptions } from "./runtime.ts";
import { Events } from "./shared/events.ts";
import { LANES, LEASE_MS } from "./shared/limits.ts";
import { Types } from "./shared/types.ts";

/** How often a standby checks whether the leader's lease has expired or was given back, in milliseconds. */
const CHECK_MS = 250;
/** The shortest time between two reports of the leader's commits, in milliseconds: each makes every reader read the store. */
const NEWS_MS = 1_000;
/** How often the actors are counted, which reads a whole index. */
const COUNT_MS = 30_000;

/**
 * Starts a runtime that serves reads while another node leads, and takes over when that node has ended.
 * @throws StoreUnavailable when the database cannot be reached
 */
export async function standBy(options: RuntimeOptions): Promise<RunningRuntime> {
  const standby = new Standby(options, await countActors(options), await options.store.countMail());
  await standby.start();
  return Object.assign(
    standby,
    passedOn(() => standby.leading),
  );
}

/** All operations, each passed on to the node that `leading` returns at the time of the call. */
function passedOn(leading: () => Operations): Operations {
  const operations = operationNames.map((name) => {
    const pass = async (...args: unknown[]) => {
      const node = leading();
      return (node[name] as (...args: unknown[]) => Promise<unknown>).apply(node, args);
    };
    return [name, pass];
  });
  return Object.fromEntries(operations) as Operations;
}

/** A node before and after it takes over. Its events and its readers stay the same objects. */
class Standby implements Omit<RunningRuntime, keyof Operations> {
  readonly events = new Events();
  readonly inspector: Inspector;
  readonly mail: MailReader;
  readonly past: PastReader;
  readonly failed: Promise<Error>;
  readonly #options: RuntimeOptions;
  readonly #owner = randomUUID();
  readonly #metrics: NodeMetrics;
  readonly #stopping = new AbortController();
  /** What the inspector reads from; that of the node once it leads. */
  readonly #sources: NodeRuntime["sources"];
  #fail: (error: Error) => void = () => undefined;
  /** The node that it became. */
  #node: NodeRuntime | undefined;
  #leader: Leader | null = null;
  #actorCounts: ActorCounts;
  #mail: MailCounts;
  #countedAt: number;
  /** The leader's batches that were reported, and when. */
  #reported: { batches: readonly number[]; at: number } = { batches: [], at: 0 };
  #waiting: Promise<void> = Promise.resolve();

  constructor(options: RuntimeOptions, actorCounts: ActorCounts, mail: MailCounts) {
    const { store, clock, limits } = options;
    const types = new Types(options.types);
    this.#options = options;
    this.#actorCounts = actorCounts;
    this.#mail = mail;
    this.#countedAt = clock.now();
    this.#metrics = new NodeMetrics(clock, () => this.#mail);
    this.mail = new MailInspector({ store, types });
    this.past = new PastInspector({ store, types, clock, sandbox: options.sandbox ?? inPlace(options.types) });
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    this.#sources = {
      store,
      types,
      limits,
      clock,
      metrics: this.#metrics,
      typeMetrics: new TypeMetrics(clock),
      startedAt: clock.now(),
      registry: { get: () => undefined, all: () => [] },
      activity: { unwritten: () => new Map() },
      actorCounts: { counts: () => this.#actorCounts.counts() },
      inFlight: { size: 0 },
      node: () => this.#whoLeads(),
      committed: () => this.#leader?.batches ?? [],
      newestActor: () => this.#leader?.newestActor ?? 0,
      mailCounts: () => this.#mail,
    };
    this.inspector = new StoreInspector(this.#sources);
  }

  get allowsChaos(): boolean {
    return this.#options.chaos === true;
  }

  /** The node, if this one leads. @throws GreenroomError `unavailable`, with the leader's name, while another one leads */
  get leading(): NodeRuntime {
    if (this.#node !== undefined) return this.#node;
    if (!this.#isLed(this.#leader)) {
      throw new GreenroomError("unavailable", "This server is taking over; nothing was done. Try again.", {
        retryAfterMs: CHECK_MS,
      });
    }
    const { name, since } = introduce(this.#leader);
    throw new GreenroomError(
      "unavailable",
      `This server is a standby for ${name}, which leads since ${since}; nothing was done. Send it there, or try again.`,
      { retryAfterMs: NEWS_MS },
    );
  }

  /** Takes over if no node leads; otherwise keeps checking. */
  async start(): Promise<void> {
    if (await this.#check()) return;
    if (this.#leader !== null) {
      const { name, since } = introduce(this.#leader);
      this.#options.log.info(`standby for ${name}, which leads since ${since}`);
    }
    this.#waiting = this.#wait();
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

  /** Checks until it is stopped or leads. Never rejects. */
  async #wait(): Promise<void> {
    const { clock, log } = this.#options;
    for (;;) {
      await clock.sleep(CHECK_MS, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      try {
        if (await this.#check()) return;
      } catch (error) {
        this.#metrics.database(error as Error);
        log.debug({ err: error }, "the leader is not known");
      }
    }
  }

  /** Takes over if no node leads. Returns whether this node leads now. */
  async #check(): Promise<boolean> {
    const { store, clock } = this.#options;
    this.#leader = await store.leader();
    this.#metrics.database(null);
    if (!this.#isLed(this.#leader)) return this.#takeOver();
    this.#report(this.#leader);
    if (clock.now() - this.#countedAt >= COUNT_MS) {
      this.#countedAt = clock.now();
      this.#actorCounts = await countActors(this.#options);
      this.#mail = await store.countMail();
    }
    return false;
  }

  async #takeOver(): Promise<boolean> {
    const { store, location, force, log } = this.#options;
    const claim = await store.claim({ owner: this.#owner, location }, LANES, LEASE_MS, force);
    if (!("epoch" in claim)) return false;
    const node = await lead(this.#options, claim, this.events);
    this.#node = node;
    Object.assign(this.#sources, node.sources);
    this.#metrics.close();
    void node.failed.then(this.#fail);
    this.events.emit({ kind: "behind", position: node.inspector.position() });
    log.info({ epoch: claim.epoch }, "leads now");
    return true;
  }

  /** Reports the leader's commits to this node's readers. */
  #report({ batches, newestActor }: Leader): void {
    const now = this.#options.clock.now();
    const { batches: reported, at } = this.#reported;
    if (now - at < NEWS_MS || batches.every((number, lane) => number === reported[lane])) return;
    this.#reported = { batches, at: now };
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
}
