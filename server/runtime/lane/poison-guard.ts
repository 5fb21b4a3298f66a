import type { Mail } from "../ports/mail-rows.ts";

/**
 * Quarantines messages that may have crashed the process, so that none of them crashes every next one too. After a crash,
 * each message that was in a mailbox is durably marked as started before it runs. A message that was already marked when
 * the process died is quarantined. Quarantined messages run one at a time, effects included, so only an attempt that one
 * makes alone counts against it when the process dies again.
 */
export class PoisonGuard {
  readonly #backlog: number;
  /** Numbers of the messages that are marked and may run. */
  readonly #marked = new Set<number>();
  readonly #waiting: (() => void)[] = [];
  #running: number | null = null;

  /** @param backlog the highest number of any message that a crash left behind; 0 after a clean stop */
  constructor(backlog: number) {
    this.#backlog = backlog;
  }

  /** Whether a message must be marked before it runs. */
  concerns({ mailSeq, started }: Mail): boolean {
    return (started || mailSeq <= this.#backlog) && !this.#marked.has(mailSeq);
  }

  /** Calls `mark` when a message may be marked: at once, unless it and a message that is running are both quarantined. */
  enter({ mailSeq, started }: Mail, mark: () => void): void {
    const go = () => {
      if (started) this.#running = mailSeq;
      this.#marked.add(mailSeq);
      mark();
    };
    if (started && this.#running !== null) this.#waiting.push(go);
    else go();
  }

  /** A message has finished, or will not run: it did not crash the process. */
  left({ mailSeq }: Mail): void {
    this.#marked.delete(mailSeq);
    if (this.#running !== mailSeq) return;
    this.#running = null;
    this.#waiting.shift()?.();
  }
}
