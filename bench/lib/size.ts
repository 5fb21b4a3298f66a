/** How much of everything. Times are in seconds. */
export interface Size {
  /** How long one measurement lasts, and what runs before it to be thrown away. */
  seconds: number;
  warmUp: number;
  actors: number;
  /** Callers that wait for their answers at one time: the runs of `journal` and `state`. */
  callers: readonly number[];
  hotCallers: number;
  liveCallers: number;
  /** Turns in a transaction of `limit`, on how many connections it is tried, and how often. */
  group: number;
  writers: readonly number[];
  trials: number;
  /** Actors that are cold, and asked all at once. */
  cold: number;
  /** Entries of the one long journal. */
  longJournal: number;
  /** Entries, or states, in the database where it is looked whether it slows down as it grows. */
  growth: readonly number[];
  /** In how many parts each of them is measured, in turn with the others: what drifts weighs on all alike. */
  rounds: number;
  /** Entries of the journal whose past is looked at, and how often; without checkpoints less often. */
  pasts: readonly number[];
  looks: number;
  folds: number;
  idle: number;
  passivated: number;
  connections: number;
  consoles: number;
  /** Of a soak: its minutes, and how many seconds each of them has. */
  soak: { minutes: number; secondsAMinute: number };
}

/** What is measured unless told otherwise. */
export function fullSize(seconds: number, soakMinutes: number): Size {
  return {
    seconds,
    warmUp: Math.max(1, seconds / 3),
    actors: 1_000,
    callers: [1, 64, 512, 2_000],
    hotCallers: 256,
    liveCallers: 512,
    group: 1_000,
    writers: [1, 2, 4],
    trials: 2,
    cold: 10_000,
    longJournal: 100_000,
    growth: [10_000, 100_000, 1_000_000],
    rounds: 5,
    pasts: [1_000, 100_000, 1_000_000],
    looks: 200,
    folds: 20,
    idle: 100_000,
    passivated: 1_000_000,
    connections: 64,
    consoles: 10,
    soak: { minutes: soakMinutes, secondsAMinute: 60 },
  };
}

/** Just enough to see that the benchmark works; its figures say nothing. */
export const smokeSize: Size = {
  seconds: 0.15,
  warmUp: 0.05,
  actors: 20,
  callers: [1, 40],
  hotCallers: 8,
  liveCallers: 8,
  group: 20,
  writers: [2],
  trials: 1,
  cold: 50,
  longJournal: 200,
  growth: [100, 200],
  rounds: 1,
  pasts: [50, 100],
  looks: 5,
  folds: 2,
  idle: 100,
  passivated: 500,
  connections: 2,
  consoles: 3,
  soak: { minutes: 3, secondsAMinute: 0.2 },
};
