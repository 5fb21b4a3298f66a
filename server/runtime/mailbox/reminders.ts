import { seededRandom, uuidFrom } from "../../core/random.ts";
import type { Log } from "../../process/log.ts";
import type { Lanes } from "../lane/lanes.ts";
import type { Clock } from "../ports/clock.ts";
import type { DueReminder } from "../ports/mail-rows.ts";
import type { Store } from "../ports/store.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { MailSeqs } from "../shared/mail-seqs.ts";
import { markOf, messageIdFor } from "../shared/message-id.ts";

/** How often it is looked whether the next reminder is due, in milliseconds. */
const TICK_MS = 100;
/** Reminders that are read together. */
const PAGE = 1_000;

/** What reminders need. */
export interface RemindersOptions {
  store: Pick<Store, "dueReminders" | "nextReminder">;
  clock: Clock;
  log: Log;
  ids: MailSeqs;
  lanes: Pick<Lanes, "post">;
}

/**
 * Puts reminders that are due into the mailboxes of their actors. Which there are is the store's to know; here is only
 * when the next one is due.
 */
export class Reminders {
  readonly #with: RemindersOptions;
  readonly #stop: () => void;
  #nextAt = Number.NEGATIVE_INFINITY;
  #firing = false;

  constructor(options: RemindersOptions) {
    this.#with = options;
    this.#stop = options.clock.every(TICK_MS, () => {
      if (!this.#firing && options.clock.now() >= this.#nextAt) void this.#fire();
    });
  }

  /** A reminder was set: it is due at `at`, in milliseconds since 1970. */
  set(at: number): void {
    this.#nextAt = Math.min(this.#nextAt, at);
  }

  close(): void {
    this.#stop();
  }

  /** Never rejects: what could not be done is tried again at the next tick. */
  async #fire(): Promise<void> {
    const { store, clock, log } = this.#with;
    this.#firing = true;
    // Those that are set from now on are told by `set`; those before, the store knows.
    this.#nextAt = Number.POSITIVE_INFINITY;
    try {
      for (let due = PAGE; due === PAGE; ) {
        const now = clock.now();
        const page = await store.dueReminders(now, PAGE);
        if (page.length > 0) crashPoint("reminders: read");
        // All are over before any of them is read again: one that is still on its way would come twice.
        const sent = await Promise.allSettled(page.map((reminder) => this.#send(reminder, now)));
        const failed = sent.find((one) => one.status === "rejected");
        if (failed !== undefined) throw failed.reason;
        if (page.length > 0) crashPoint("reminders: fired");
        due = page.length;
      }
      this.set((await store.nextReminder()) ?? Number.POSITIVE_INFINITY);
    } catch (error) {
      log.warn({ err: error }, "reminders could not be sent; trying again");
      this.set(clock.now());
    }
    this.#firing = false;
  }

  /** One that repeats comes once, however often it would have come while the server was down. */
  #send({ actor, type, keyText, name, generation, at, every }: DueReminder, now: number): Promise<void> {
    const { ids, lanes } = this.#with;
    const next = every === null ? null : at + every * (Math.floor(Math.max(0, now - at) / every) + 1);
    return new Promise((resolve, reject) => {
      lanes.post({
        kind: "firing",
        to: { type, keyText, id: actor },
        mailSeq: ids.next(),
        name,
        generation,
        messageId: messageIdFor(
          markOf({ type, keyText }),
          at,
          uuidFrom(seededRandom(`${actor}/${name}/${generation}`)),
        ),
        next,
        settle: (error) => (error === null ? resolve() : reject(error)),
      });
    });
  }
}
