import type { Log } from "../../process/log.ts";
import type { Lanes } from "../lane/lanes.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { Store } from "../ports/store.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { MailSeqs } from "../shared/mail-seqs.ts";

/** Letters that go back together. */
const PAGE = 200;
/** How often it is looked what became of a letter that is tried first, in milliseconds. */
const TRIAL_MS = 100;
/** How long to wait before going on, when the database cannot be reached. In milliseconds. */
const RETRY_MS = 1_000;

/** What redrives need. */
export interface RedrivesOptions {
  store: Store;
  clock: Clock;
  log: Log;
  ids: MailSeqs;
  lanes: Lanes;
  /** Aborted when the node stops. */
  ended: AbortSignal;
}

/**
 * Puts dead letters back into their mailboxes. Of several, one goes first: when it fails again, the others stay. Jobs
 * take turns, and one that a crash interrupts goes on at the next start.
 */
export class Redrives {
  readonly #with: RedrivesOptions;
  #running = false;
  /** A job was started while it was looked for one. */
  #again = false;

  constructor(options: RedrivesOptions) {
    this.#with = options;
  }

  /** Ends a job: letters that have not gone back stay. */
  async stop(job: string): Promise<void> {
    await this.#with.store.redriveMoved(job, "stopped", this.#with.clock.now());
  }

  /** Runs all jobs that are not over. Never rejects. */
  async run(): Promise<void> {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    const { store, clock, log, ended } = this.#with;
    while (!ended.aborted) {
      try {
        this.#again = false;
        const jobs = await store.openRedrives();
        if (jobs.length === 0 && !this.#again) break;
        let moved = this.#again;
        for (const { id, state } of jobs) {
          if (state === "running") await this.#movePage(id);
          moved = state === "running" || (await this.#try(id)) || moved;
        }
        if (!moved) await clock.sleep(TRIAL_MS, ended);
      } catch (error) {
        log.warn({ err: error }, "dead letters could not be put back; trying again");
        await clock.sleep(RETRY_MS, ended);
      }
    }
    this.#running = false;
  }

  /** Tries one letter of a job; true when there is something to go on with. */
  async #try(job: string): Promise<boolean> {
    const { store, clock, ids } = this.#with;
    const trial = await store.trial(job);
    if (trial === "waits") return false;
    if (trial === "passed") await store.passTrial(job);
    else if (trial === "failed") await store.redriveMoved(job, "failed", clock.now());
    else {
      const [letter] = await store.redriveLetters(job, 1);
      if (letter === undefined) return true;
      const place = ids.next();
      await store.beginTrial(job, letter.messageId, { actor: letter.id, mailSeq: place });
      crashPoint("redrive: trial chosen");
      await this.#move(job, letter, place);
      await store.redriveMoved(job, null, clock.now());
    }
    return true;
  }

  async #movePage(job: string): Promise<void> {
    const { store, clock } = this.#with;
    const letters = await store.redriveLetters(job, PAGE);
    crashPoint("redrive: read");
    await Promise.all(letters.map((letter) => this.#move(job, letter, this.#with.ids.next())));
    crashPoint("redrive: moved, not counted");
    // Of a job that was stopped meanwhile this changes nothing: its letters are nobody's any more.
    await store.redriveMoved(job, letters.length < PAGE ? "done" : null, clock.now());
  }

  #move(
    job: string,
    { id, type, keyText, messageId }: Address & { id: ActorId; messageId: string },
    place: number,
  ): Promise<void> {
    const { lanes } = this.#with;
    return new Promise((resolve, reject) => {
      lanes.post({
        kind: "redrive",
        to: { type, keyText, id },
        mailSeq: place,
        messageId,
        job,
        settle: (error) => (error === null ? resolve() : reject(error)),
      });
    });
  }
}
