import type { Mail } from "../ports/mail-rows.ts";

/**
 * Care after a crash. A message may have been what the process died of, and would kill the next one too, for ever. So
 * the messages that a crash left behind are each marked as begun, durably, before they run. Those that were already
 * marked when the process died are suspects: they run one at a time, effects included, so that no other is suspected in
 * their stead. Only an attempt that a suspect makes alone counts when the process dies during it; one that was marked in
 * company may have had nothing to do with it.
 */
export class PoisonGuard {
  readonly #backlog: number;
  /** Places of messages that are marked, and may run. */
  readonly #marked = new Set<number>();
  readonly #waiting: (() => void)[] = [];
  #suspect: number | null = null;

  /** @param backlog the highest place of any message that a crash left behind; 0 after a clean stop */
  constructor(backlog: number) {
    this.#backlog = backlog;
  }

  /** Whether a message is to be marked before it runs. */
  concerns({ mailSeq, started }: Mail): boolean {
    return (started || mailSeq <= this.#backlog) && !this.#marked.has(mailSeq);
  }

  /** Calls `mark` when a message may be marked: at once, unless it is a suspect and another one is under way. */
  enter({ mailSeq, started }: Mail, mark: () => void): void {
    const go = () => {
      if (started) this.#suspect = mailSeq;
      this.#marked.add(mailSeq);
      mark();
    };
    if (started && this.#suspect !== null) this.#waiting.push(go);
    else go();
  }

  /** A message has come to its end, or will not run: whatever kills the process would have done so by now. */
  left({ mailSeq }: Mail): void {
    this.#marked.delete(mailSeq);
    if (this.#suspect !== mailSeq) return;
    this.#suspect = null;
    this.#waiting.shift()?.();
  }
}
