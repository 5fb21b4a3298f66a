import { seededRandom, uuidFrom } from "../../core/random.ts";
import type { Lanes } from "../lane/lanes.ts";
import type { DueReminder } from "../ports/mail-rows.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { markOf, messageIdFor } from "../shared/message-id.ts";

/** How often the next reminder is checked, in milliseconds. */
const TICK_MS = 100;
/** Reminders read at a time. */
const PAGE = 1_000;

type RemindersDeps = Pick<NodeDeps, "clock" | "log" | "mailSeqs"> & {
  store: Pick<NodeDeps["store"], "dueReminders" | "nextReminder">;
  lanes: Pick<Lanes, "post">;
};

/** Puts due reminders into the mailboxes of their actors. The store has them; memory knows when the next one is due. */
export class Reminders {
  readonly #deps: RemindersDeps;
  readonly #stop: () => void;
  #nextAt = Number.NEGATIVE_INFINITY;
  #firing = false;

  constructor(deps: RemindersDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(TICK_MS, () => {
      if (!this.#firing && deps.clock.now() >= this.#nextAt) void this.#fire();
    });
  }

  /** A reminder was set for `at`, in milliseconds since 1970. */
  set(at: number): void {
    this.#nextAt = Math.min(this.#nextAt, at);
  }

  close(): void {
    this.#stop();
  }

  /** Never rejects: what fails is tried again at the next tick. */
  async #fire(): Promise<void> {
    const { store, clock, log } = this.#deps;
    this.#firing = true;
    // The store has the reminders that were set before; `set` is called for those set from now on.
    this.#nextAt = Number.POSITIVE_INFINITY;
    try {
      for (let due = PAGE; due === PAGE; ) {
        const now = clock.now();
        const page = await store.dueReminders(now, PAGE);
        if (page.length > 0) crashPoint("reminders: read");
        // All must have finished before any is read again, or one that is still being sent would fire twice.
        const sent = await Promise.allSettled(page.map((reminder) => this.#send(reminder, now)));
        const failed = sent.find((one) => one.status === "rejected");
        if (failed !== undefined) throw failed.reason;
        if (page.length > 0) crashPoint("reminders: fired");
        due = page.length;
      }
      this.set((await store.nextReminder()) ?? Number.POSITIVE_INFINITY);
    } catch (error) {
      log.warn({ err: error }, "reminders could not be fired; trying again");
      this.set(clock.now());
    }
    this.#firing = false;
  }

  /** A repeated reminder fires once, however often it was due while the server was down. */
  #send({ actor, type, keyText, name, generation, at, every }: DueReminder, now: number): Promise<void> {
    const { mailSeqs, lanes } = this.#deps;
    const next = every === null ? null : at + every * (Math.floor(Math.max(0, now - at) / every) + 1);
    return new Promise((resolve, reject) => {
      lanes.post({
        kind: "firing",
        to: { type, keyText, id: actor },
        mailSeq: mailSeqs.next(),
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
