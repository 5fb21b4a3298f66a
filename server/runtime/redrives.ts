import type { Log } from "../log.ts";
import { crashPoint } from "./crash-points.ts";
import type { Lanes } from "./lanes.ts";
import type { MailIds } from "./mail.ts";
import type { ActorId, Address, Clock, Store } from "./ports.ts";

/** Letters that go back together. */
const PAGE = 200;
/** How long to wait before going on, when the database cannot be reached. In milliseconds. */
const RETRY_MS = 1_000;

/** What redrives need. */
export interface RedrivesOptions {
  store: Store;
  clock: Clock;
  log: Log;
  ids: MailIds;
  lanes: Lanes;
  /** Aborted when the node stops. */
  ended: AbortSignal;
}

/** Puts dead letters back into their mailboxes, job by job. A job that a crash interrupts goes on at the next start. */
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

  /** Runs all jobs that are not over, one after the other. Never rejects. */
  async run(): Promise<void> {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    const { store, clock, log, ended } = this.#with;
    while (!ended.aborted) {
      try {
        this.#again = false;
        const [job] = await store.openRedrives();
        if (job !== undefined) await this.#movePage(job.id);
        else if (!this.#again) break;
      } catch (error) {
        log.warn({ err: error }, "dead letters could not be put back; trying again");
        await clock.sleep(RETRY_MS, ended);
      }
    }
    this.#running = false;
  }

  async #movePage(job: string): Promise<void> {
    const { store, clock } = this.#with;
    const letters = await store.redriveLetters(job, PAGE);
    crashPoint("redrive: read");
    await Promise.all(letters.map((letter) => this.#move(job, letter)));
    crashPoint("redrive: moved, not counted");
    // Of a job that was stopped meanwhile this changes nothing: its letters are nobody's any more.
    await store.redriveMoved(job, letters.length < PAGE ? "done" : null, clock.now());
  }

  #move(job: string, { id, type, keyText, messageId }: Address & { id: ActorId; messageId: string }): Promise<void> {
    const { ids, lanes } = this.#with;
    return new Promise((resolve, reject) => {
      lanes.post({
        kind: "redrive",
        to: { type, keyText, id },
        id: ids.next(),
        messageId,
        job,
        settle: (error) => (error === null ? resolve() : reject(error)),
      });
    });
  }
}
