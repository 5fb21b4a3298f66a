import type { Log } from "../../process/log.ts";
import type { MailCounts } from "../../protocol/mail.ts";
import type { Store } from "../ports/store.ts";
import type { MailChange } from "../shared/events.ts";

/** How many messages and dead letters there are: counted at the start, then updated with each commit. */
export class MailboxCounts {
  readonly #store: Store;
  readonly #log: Log;
  #counts: MailCounts;
  #isDoubtful = false;
  /** Counts changes: a recount that overlaps one is of no use. */
  #changes = 0;

  /** @param counts what the store has now */
  constructor(store: Store, log: Log, counts: MailCounts) {
    this.#store = store;
    this.#log = log;
    this.#counts = counts;
  }

  /** The newest counts. A new object after each change. */
  get counts(): MailCounts {
    return this.#counts;
  }

  /** A batch is durable. */
  committed({ waiting, dead, isExact }: MailChange): void {
    if (!isExact) this.doubt();
    if (waiting === 0 && dead === 0) return;
    this.#changes += 1;
    this.#set({ waiting: this.#counts.waiting + waiting, dead: this.#counts.dead + dead });
  }

  /** The counts have changed by an unknown number. */
  doubt(): void {
    this.#isDoubtful = true;
  }

  /** Recounts if the counts are in doubt. Never rejects. */
  async review(): Promise<void> {
    if (!this.#isDoubtful) return;
    this.#isDoubtful = false;
    const before = this.#changes;
    try {
      const counted = await this.#store.countMail();
      if (this.#changes === before) this.#set(counted);
      else this.doubt();
    } catch (error) {
      this.#log.debug({ err: error }, "messages could not be counted; trying again later");
      this.doubt();
    }
  }

  #set(counts: MailCounts): void {
    if (counts.waiting !== this.#counts.waiting || counts.dead !== this.#counts.dead) this.#counts = counts;
  }
}
