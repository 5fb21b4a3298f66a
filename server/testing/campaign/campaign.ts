import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Random, seededRandom } from "../../core/random.ts";
import { createLog } from "../../process/log.ts";
import { LEASE_MS } from "../../runtime/shared/limits.ts";
import { systemClock } from "../../runtime/shared/system-clock.ts";
import { type EmbeddedPostgres, startPostgres } from "../../store/embedded/postgres.ts";
import { migrateDatabase } from "../../store/migrate.ts";
import { query } from "../database/sql.ts";
import { CountingService } from "../process/counting-service.ts";
import { check, isQuiet } from "./checker.ts";
import { Clients, Router } from "./clients.ts";
import { ended, startNodeProcess } from "./node-pool.ts";

/** What is done to a system under load. */
const faults = ["leader", "postgres", "both", "pause"] as const;
type Fault = (typeof faults)[number];

export interface CampaignOptions {
  seed: string;
  /** The campaign ends after this many faults or milliseconds, whichever is first. */
  kills: number;
  ms: number;
  /** The data directory of its Postgres. */
  dataDir: string;
  /** Receives a line for each step. */
  say: (line: string) => void;
}

/** The result of a campaign. */
export interface Report {
  kills: Record<Fault, number>;
  operations: number;
  calls: number;
  /** From each fault to the first answer after it, in milliseconds. */
  outages: number[];
  /** Empty if all is well. */
  problems: string[];
}

const CLIENTS = 8;
const LOAD = { sources: 40, pauseMs: 60 };
/** How long the system may take to finish all work in progress, in milliseconds. */
const QUIET_MS = 120_000;

/**
 * Runs clients while it kills the leader, Postgres or both, or pauses the leader for longer than its lease. A second
 * node stands by. Afterwards it compares the replies to the clients with the database.
 */
export async function campaign(options: CampaignOptions): Promise<Report> {
  const running = await Campaign.start(options);
  try {
    return await running.run();
  } finally {
    await running.stop();
  }
}

class Campaign {
  readonly #options: CampaignOptions;
  readonly #random: Random;
  readonly #router = new Router();
  readonly #service: CountingService;
  readonly #clients: Clients;
  /** The running processes: the leader and the standby. */
  readonly #nodes = new Set<ChildProcess>();
  #postgres: EmbeddedPostgres;
  #leader: ChildProcess | undefined;
  #stopped = false;

  private constructor(options: CampaignOptions, postgres: EmbeddedPostgres, service: CountingService) {
    this.#options = options;
    this.#postgres = postgres;
    this.#service = service;
    this.#random = seededRandom(options.seed);
    this.#clients = new Clients(this.#router, seededRandom(`${options.seed} clients`), LOAD);
    service.answer = ({ name, key }) => `${name} of ${key}`;
  }

  static async start(options: CampaignOptions): Promise<Campaign> {
    const postgres = await startPostgres({ dataDir: options.dataDir, log: createLog("fatal") });
    await migrateDatabase(postgres.url);
    const running = new Campaign(options, postgres, await CountingService.start());
    for (let node = 0; node < 2; node++) running.#startNode();
    return running;
  }

  async run(): Promise<Report> {
    const { kills, ms, say } = this.#options;
    const done: Record<Fault, number> = { leader: 0, postgres: 0, both: 0, pause: 0 };
    const outages: number[] = [];
    const startedAt = systemClock.now();
    this.#clients.start(CLIENTS);
    await this.#answered(0);
    for (let kill = 1; kill <= kills && systemClock.now() - startedAt < ms; kill++) {
      await sleep(200 + this.#random() * 1_300);
      const fault = this.#draw();
      const at = systemClock.now();
      await this.#inject(fault);
      await this.#answered(this.#clients.answers);
      done[fault] += 1;
      outages.push(systemClock.now() - at);
      say(`${kill}: ${fault}; answered again after ${Math.round(systemClock.now() - at)} ms`);
    }
    await this.#clients.stop();
    say(`${this.#clients.operations.length} operations; waiting for work in progress`);
    await this.#quiet();
    const problems = await check(this.#postgres.url, this.#clients.operations, this.#service.calls);
    return {
      kills: done,
      operations: this.#clients.operations.length,
      calls: this.#service.calls.length,
      outages,
      problems: [...this.#clients.problems, ...problems],
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#clients.abandon();
    for (const node of this.#nodes) {
      node.kill("SIGKILL");
      await ended(node);
    }
    await this.#postgres.stop();
    this.#service.close();
  }

  #draw(): Fault {
    const dice = this.#random();
    return dice < 0.6 ? "leader" : dice < 0.75 ? "postgres" : dice < 0.85 ? "both" : "pause";
  }

  async #inject(fault: Fault): Promise<void> {
    const leader = this.#leader;
    if (fault === "pause") {
      leader?.kill("SIGSTOP");
      await sleep(LEASE_MS + 500 + this.#random() * 1_500);
      leader?.kill("SIGCONT");
    } else {
      if (fault !== "postgres") leader?.kill("SIGKILL");
      if (fault !== "leader") await this.#killPostgres();
    }
    // Its last answers must not count as answers of the next leader.
    if (fault !== "postgres" && leader !== undefined) await ended(leader);
  }

  async #killPostgres(): Promise<void> {
    const [row] = await query(this.#postgres.url, "SHOW data_directory").catch(() => []);
    const file = path.join(String(row?.data_directory), "postmaster.pid");
    const pid = Number((await readFile(file, "utf8")).split("\n")[0]);
    process.kill(pid, "SIGKILL");
    await this.#postgres.failed;
    await this.#postgres.stop();
    this.#postgres = await startPostgres({ dataDir: this.#options.dataDir, log: createLog("fatal") });
  }

  /** Starts a node; when it ends, another one takes its location. The newest that leads gets the clients' messages. */
  #startNode(): void {
    const { child, leads } = startNodeProcess(this.#postgres.url, this.#service.url, null, false);
    this.#nodes.add(child);
    void leads.then((isLeader) => {
      if (!isLeader) return;
      this.#leader = child;
      this.#router.connect(child);
    });
    void ended(child).then(() => {
      this.#nodes.delete(child);
      if (!this.#stopped) this.#startNode();
    });
  }

  /** Waits until the clients have received more than `before` answers. @throws Error after two minutes without one */
  async #answered(before: number): Promise<void> {
    const startedAt = systemClock.now();
    while (this.#clients.answers <= before) {
      if (systemClock.now() - startedAt > QUIET_MS) {
        throw new Error(`No answers: ${this.#nodes.size} nodes live, ${this.#clients.problems.join("; ")}`);
      }
      await sleep(5);
    }
  }

  async #quiet(): Promise<void> {
    const startedAt = systemClock.now();
    while (!(await isQuiet(this.#postgres.url))) {
      if (systemClock.now() - startedAt > QUIET_MS) throw new Error("Work in progress does not finish.");
      await sleep(100);
    }
  }
}
