import type { Log } from "../../process/log.ts";
import type { MailCounts } from "../../protocol/mail.ts";
import type { BatchRows } from "../ports/commit.ts";
import type { Store } from "../ports/store.ts";
import type { MailChange } from "../shared/events.ts";

/** How many messages wait in mailboxes, and how many dead letters there are: counted once, then kept. */
export class MailboxCounts {
  readonly #store: Store;
  readonly #log: Log;
  #counts: MailCounts;
  #isDoubtful = false;
  /** How often it was added to: what is counted meanwhile is of no use. */
  #changes = 0;

  /** @param counts what the store has now */
  constructor(store: Store, log: Log, counts: MailCounts) {
    this.#store = store;
    this.#log = log;
    this.#counts = counts;
  }

  /** The newest counts: another object after each change. */
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

  /** Something has changed by a number that is not known. */
  doubt(): void {
    this.#isDoubtful = true;
  }

  /** Counts anew if there is a doubt, and nothing commits meanwhile. Never rejects. */
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

/**
 * What a batch adds to the counts. A reminder that was taken back meanwhile does not fire, and a letter of a job that was
 * stopped does not go back: those are known to the store alone.
 */
export function mailChange({ mails, firings, redrives, acks, dead }: BatchRows): MailChange {
  return {
    waiting: mails.length + firings.length + redrives.length - acks.length - dead.length,
    dead: dead.length - redrives.length,
    isExact: firings.length === 0 && redrives.length === 0,
  };
}
