import { isoTime } from "../../core/time.ts";
import type { MailCounts } from "../../protocol/mail.ts";
import { MAX_SAMPLES, type Sample } from "../../protocol/overview.ts";
import type { Clock } from "../ports/clock.ts";
import type { TimedCommit } from "../ports/past.ts";
import type { CommittedEvent } from "../shared/events.ts";

/** Commit times per second that percentiles use. */
const MAX_TIMES = 1_000;

/** Counts the node's work, second by second, for the last five minutes. */
export class NodeMetrics {
  readonly #clock: Clock;
  readonly #mail: () => MailCounts;
  readonly #samples: Sample[] = [];
  readonly #stop: () => void;
  #turns = 0;
  #commits = 0;
  #refused = 0;
  #inFlight = 0;
  #maxInFlight = 0;
  #times: number[] = [];
  #lastCommitAt: number | null = null;
  /** By lane. */
  readonly #newest: Record<number, TimedCommit> = {};
  #database: { error: string | null; since: number };

  /** @param mail the current counts of mailbox messages and dead letters */
  constructor(clock: Clock, mail: () => MailCounts) {
    this.#mail = mail;
    this.#clock = clock;
    this.#database = { error: null, since: clock.now() };
    this.#stop = clock.every(1_000, () => this.#sample());
  }

  /** Records a committed batch. */
  committed({
    lane,
    number,
    turns,
    durationMs,
  }: Pick<CommittedEvent, "lane" | "number" | "turns" | "durationMs">): void {
    this.#newest[lane] = { lane, batch: number, durationMs };
    this.#turns += turns;
    this.#commits += 1;
    this.#lastCommitAt = this.#clock.now();
    if (this.#times.length < MAX_TIMES) this.#times.push(durationMs);
  }

  /** How long each lane's last commit took. */
  get newestCommits(): readonly TimedCommit[] {
    return Object.values(this.#newest);
  }

  /** Records the number of messages in flight. */
  inFlight(count: number): void {
    this.#inFlight = count;
    if (count > this.#maxInFlight) this.#maxInFlight = count;
  }

  /** Records a message refused as `overloaded`. */
  refused(): void {
    this.#refused += 1;
  }

  /** Records whether the database can be reached; null if it can. */
  database(error: Error | null): void {
    if ((error === null) === (this.#database.error === null)) return;
    this.#database = { error: error?.message ?? null, since: this.#clock.now() };
  }

  /** Since when the database does not answer, ISO, UTC; null while it does. */
  get databaseDownSince(): string | null {
    return this.#database.error === null ? null : isoTime(this.#database.since);
  }

  close(): void {
    this.#stop();
  }

  read(): { samples: Sample[]; lastCommitAt: number | null; database: { error: string | null; since: number } } {
    return { samples: [...this.#samples], lastCommitAt: this.#lastCommitAt, database: this.#database };
  }

  #sample(): void {
    this.#times.sort((a, b) => a - b);
    this.#samples.push({
      at: this.#clock.now(),
      turns: this.#turns,
      commits: this.#commits,
      refused: this.#refused,
      inFlight: this.#maxInFlight,
      commitP50: this.#times[Math.floor(this.#times.length * 0.5)] ?? null,
      commitP95: this.#times[Math.floor(this.#times.length * 0.95)] ?? null,
      ...this.#mail(),
    });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
    this.#turns = this.#commits = this.#refused = 0;
    this.#maxInFlight = this.#inFlight;
    this.#times = [];
  }
}
