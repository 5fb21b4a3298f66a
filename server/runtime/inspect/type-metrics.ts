import { isoTime } from "../../core/time.ts";
import {
  type CommandStats,
  LATENCY_BOUNDS_MS,
  RATE_SECONDS,
  type RecoveryNote,
  type RecoveryStats,
  type TypeStats,
} from "../../protocol/overview.ts";
import type { Clock } from "../ports/clock.ts";

/** The newest recoveries: of each type for percentiles, and of all types as notes. */
const MAX_TIMES = 1_000;
const MAX_NOTES = 10;

/** Counts commands and recoveries by type. Its size is bounded by the types' definitions. */
export class TypeMetrics {
  readonly #clock: Clock;
  readonly #since: number;
  readonly #commands = new Map<string, Map<string, CommandMetrics>>();
  readonly #recoveries = new Map<string, { total: number; times: number[] }>();
  #notes: RecoveryNote[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** Records a reply after a commit, `ms` after the command was accepted. `failed` if its handler threw or rejected. */
  answered(type: string, command: string, ms: number, failed: boolean): void {
    const commands = this.#commands.get(type) ?? new Map<string, CommandMetrics>();
    this.#commands.set(type, commands);
    const metrics = commands.get(command) ?? new CommandMetrics();
    commands.set(command, metrics);
    metrics.add(Math.floor(this.#clock.now() / 1000), ms, failed);
  }

  /** Records a recovery. */
  recovered(note: RecoveryNote): void {
    this.#notes = [note, ...this.#notes].slice(0, MAX_NOTES);
    const known = this.#recoveries.get(note.type) ?? { total: 0, times: [] };
    this.#recoveries.set(note.type, known);
    known.times[known.total % MAX_TIMES] = note.ms;
    known.total += 1;
  }

  /** The newest recoveries, newest first. */
  get notes(): RecoveryNote[] {
    return this.#notes;
  }

  /** The statistics of a type. */
  read(type: string): TypeStats {
    const second = Math.floor(this.#clock.now() / 1000);
    const commands = [...(this.#commands.get(type) ?? [])].map(([name, metrics]) => ({
      name,
      ...metrics.read(second),
    }));
    return { type, since: isoTime(this.#since), commands, recovery: this.#recovery(type) };
  }

  #recovery(type: string): RecoveryStats {
    const { total, times } = this.#recoveries.get(type) ?? { total: 0, times: [] };
    const sorted = times.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.floor(sorted.length * part)] ?? null;
    return { total, p50: at(0.5), p95: at(0.95), max: sorted.at(-1) ?? null };
  }
}

/** One command's counts, in total and per second. */
class CommandMetrics {
  #total = 0;
  #failed = 0;
  readonly #latency = new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0);
  /** Counts by second modulo `RATE_SECONDS`, up to the second `#newest`. */
  readonly #seconds = new Array<number>(RATE_SECONDS).fill(0);
  #newest = 0;

  add(second: number, ms: number, failed: boolean): void {
    this.#turnTo(second);
    const slot = second % RATE_SECONDS;
    this.#seconds[slot] = (this.#seconds[slot] ?? 0) + 1;
    this.#total += 1;
    if (failed) this.#failed += 1;
    const found = LATENCY_BOUNDS_MS.findIndex((bound) => ms <= bound);
    const bar = found === -1 ? LATENCY_BOUNDS_MS.length : found;
    this.#latency[bar] = (this.#latency[bar] ?? 0) + 1;
  }

  read(second: number): Omit<CommandStats, "name"> {
    this.#turnTo(second);
    const perSecond = this.#seconds.map((_, i) => this.#seconds[(second + 1 + i) % RATE_SECONDS] ?? 0);
    return { total: this.#total, failed: this.#failed, perSecond, latency: [...this.#latency] };
  }

  /** Clears the seconds since the newest one. */
  #turnTo(second: number): void {
    for (let past = Math.max(this.#newest + 1, second - RATE_SECONDS + 1); past <= second; past++) {
      this.#seconds[past % RATE_SECONDS] = 0;
    }
    this.#newest = Math.max(this.#newest, second);
  }
}
