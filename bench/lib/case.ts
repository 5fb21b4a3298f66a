import type { Stage } from "./stage.ts";

/** A measurable figure. Labels and units are in `report.ts`. */
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

/** One measurement of one variant of a case. `note` is printed beside it. */
export interface Measured {
  name: string;
  figures: Partial<Record<Figure, number>>;
  note?: string;
}

/** A subject of the benchmark. `run` measures it once, on a new database. */
export interface Case {
  name: string;
  about: string;
  /** Takes long, so it is measured once, and only if named. */
  byNameOnly?: true;
  run(stage: Stage): Promise<Measured[]>;
}
