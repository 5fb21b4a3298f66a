/** The sizes of all cases. Times are in seconds. */
export interface Size {
  /** How long one measurement lasts, and the warm-up before it. */
  seconds: number;
  warmUp: number;
  actors: number;
  /** The numbers of concurrent callers that `journal`, `state` and `tell` are measured with. */
  callers: readonly number[];
  hotCallers: number;
  liveCallers: number;
  /** For `limit`: turns per transaction, the numbers of connections to try, and how often to try each. */
  group: number;
  writers: readonly number[];
  trials: number;
  /** How many inactive actors are asked at once. */
  cold: number;
  /** How many entries the long journal has. */
  longJournal: number;
  /** For `growth`: the numbers of entries or states in the database. */
  growth: readonly number[];
  /** In how many parts a measurement alternates with those it is compared with, so that drift affects all equally. */
  rounds: number;
  /** For `time`: the lengths of the journal, and how many reads with and without checkpoints. */
  pasts: readonly number[];
  looks: number;
  folds: number;
  idle: number;
  passivated: number;
  connections: number;
  consoles: number;
  /** For `soak`: its minutes, and the length of each of them. */
  soak: { minutes: number; secondsAMinute: number };
}

/** The sizes of a full measurement. */
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

/** Just enough to check that the benchmark works. The figures are meaningless. */
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
