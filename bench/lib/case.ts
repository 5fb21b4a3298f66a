import type { Stage } from "./stage.ts";

/** What can be measured. What it is called and counted in is in `report.ts`. */
export type Figure =
  | "perSecond"
  | "p50"
  | "p95"
  | "p99"
  | "milliseconds"
  | "turnsACommit"
  | "rowsATurn"
  | "walATurn"
  | "heapAnActor"
  | "memoryAnActor"
  | "heap"
  | "nodeCpu"
  | "nodeCost"
  | "nodeMemory"
  | "postgresCpu"
  | "postgresCost"
  | "postgresMemory"
  | "serverCpu"
  | "serverCost"
  | "serverMemory"
  | "clientCpu"
  | "clientMemory"
  | "othersCpu"
  | "deadRows";

/** The figures of one way to run a case, measured once. `note` is what is to be known of it besides. */
export interface Measured {
  name: string;
  figures: Partial<Record<Figure, number>>;
  note?: string;
}

/** One subject of the benchmark. `run` measures it once, on a database of its own. */
export interface Case {
  name: string;
  about: string;
  /** Takes so long that it is measured once, and only when it is named. */
  byNameOnly?: true;
  run(stage: Stage): Promise<Measured[]>;
}
