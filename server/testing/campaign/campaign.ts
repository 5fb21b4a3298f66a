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
import { Clients, Switchboard } from "./clients.ts";
import { ended, startNodeProcess } from "./fleet.ts";

/** What is done to a system under load. */
const misfortunes = ["leader", "postgres", "both", "pause"] as const;
type Misfortune = (typeof misfortunes)[number];

/** What a campaign is to be. */
export interface Orders {
  seed: string;
  /** It ends after so many misfortunes, or when the time is over, whichever is first. */
  kills: number;
  ms: number;
  /** Where its Postgres has its data. */
  dataDir: string;
  /** Told of each step. */
  say: (line: string) => void;
}

/** What came of a campaign. */
export interface Report {
  kills: Record<Misfortune, number>;
  operations: number;
  calls: number;
  /** From each misfortune to the first answer after it, in milliseconds. */
  outages: number[];
  /** What is wrong; nothing, when all is well. */
  problems: string[];
}

/** How many clients there are, among how many actors, and how long each waits between two messages at most. */
const LOAD = { clients: 8, sources: 40, pauseMs: 60 };
/** How long everything that is under way may take to come to its end, in milliseconds. */
const QUIET_MS = 120_000;

/**
 * Lets clients work while the leader, Postgres or both are killed again and again, or the leader stands still for longer
 * than its lease; a second node stands by each time. Then compares what the clients were told with what is there.
 */
export async function campaign(orders: Orders): Promise<Report> {
  const scene = await Scene.set(orders);
  try {
    return await scene.play();
  } finally {
    await scene.strike();
  }
}

class Scene {
  readonly #orders: Orders;
  readonly #random: Random;
  readonly #switchboard = new Switchboard();
  readonly #service: CountingService;
  readonly #clients: Clients;
  /** All that live: the one that leads, and the one that waits. */
  readonly #nodes = new Set<ChildProcess>();
  #postgres: EmbeddedPostgres;
  #leader: ChildProcess | undefined;
  #over = false;

  private constructor(orders: Orders, postgres: EmbeddedPostgres, service: CountingService) {
    this.#orders = orders;
    this.#postgres = postgres;
    this.#service = service;
    this.#random = seededRandom(orders.seed);
    this.#clients = new Clients(this.#switchboard, seededRandom(`${orders.seed} clients`), LOAD.sources, LOAD.pauseMs);
    service.answer = ({ name, key }) => `${name} of ${key}`;
  }

  static async set(orders: Orders): Promise<Scene> {
    const postgres = await startPostgres({ dataDir: orders.dataDir, log: createLog("fatal") });
    await migrateDatabase(postgres.url);
    const scene = new Scene(orders, postgres, await CountingService.start());
    for (let node = 0; node < 2; node++) scene.#startNode();
    return scene;
  }

  async play(): Promise<Report> {
    const { kills, ms, say } = this.#orders;
    const done: Record<Misfortune, number> = { leader: 0, postgres: 0, both: 0, pause: 0 };
    const outages: number[] = [];
    const begun = systemClock.now();
    this.#clients.start(LOAD.clients);
    await this.#answered(0);
    for (let kill = 1; kill <= kills && systemClock.now() - begun < ms; kill++) {
      await sleep(200 + this.#random() * 1_300);
      const misfortune = this.#draw();
      const at = systemClock.now();
      await this.#strike(misfortune);
      await this.#answered(this.#clients.answers);
      done[misfortune] += 1;
      outages.push(systemClock.now() - at);
      say(`${kill}: ${misfortune}; answered again after ${Math.round(systemClock.now() - at)} ms`);
    }
    await this.#clients.stop();
    say(`${this.#clients.operations.length} operations; waiting for all that is under way`);
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

  async strike(): Promise<void> {
    this.#over = true;
    this.#clients.abandon();
    for (const node of this.#nodes) {
      node.kill("SIGKILL");
      await ended(node);
    }
    await this.#postgres.stop();
    this.#service.close();
  }

  #draw(): Misfortune {
    const dice = this.#random();
    return dice < 0.6 ? "leader" : dice < 0.75 ? "postgres" : dice < 0.85 ? "both" : "pause";
  }

  async #strike(misfortune: Misfortune): Promise<void> {
    const leader = this.#leader;
    if (misfortune === "pause") {
      leader?.kill("SIGSTOP");
      await sleep(LEASE_MS + 500 + this.#random() * 1_500);
      leader?.kill("SIGCONT");
    } else {
      if (misfortune !== "postgres") leader?.kill("SIGKILL");
      if (misfortune !== "leader") await this.#killPostgres();
    }
    // What it answered before it ended is no answer of the next one.
    if (misfortune !== "postgres" && leader !== undefined) await ended(leader);
  }

  async #killPostgres(): Promise<void> {
    const [row] = await query(this.#postgres.url, "SHOW data_directory").catch(() => []);
    const file = path.join(String(row?.data_directory), "postmaster.pid");
    const pid = Number((await readFile(file, "utf8")).split("\n")[0]);
    process.kill(pid, "SIGKILL");
    await this.#postgres.failed;
    await this.#postgres.stop();
    this.#postgres = await startPostgres({ dataDir: this.#orders.dataDir, log: createLog("fatal") });
  }

  /** Starts a node; when it ends, another one takes its location. The newest that leads gets the clients' messages. */
  #startNode(): void {
    const { child, leads } = startNodeProcess(this.#postgres.url, this.#service.url, null, false);
    this.#nodes.add(child);
    void leads.then((isLeader) => {
      if (!isLeader) return;
      this.#leader = child;
      this.#switchboard.connect(child);
    });
    void ended(child).then(() => {
      this.#nodes.delete(child);
      if (!this.#over) this.#startNode();
    });
  }

  /** Resolves when the clients have had more than so many answers. @throws Error when they have none for long */
  async #answered(before: number): Promise<void> {
    const begun = systemClock.now();
    while (this.#clients.answers <= before) {
      if (systemClock.now() - begun > QUIET_MS) {
        throw new Error(`Nobody answers: ${this.#nodes.size} nodes live, ${this.#clients.problems.join("; ")}`);
      }
      await sleep(5);
    }
  }

  async #quiet(): Promise<void> {
    const begun = systemClock.now();
    while (!(await isQuiet(this.#postgres.url))) {
      if (systemClock.now() - begun > QUIET_MS)
        throw new Error("Something is under way that does not come to its end.");
      await sleep(100);
    }
  }
}
