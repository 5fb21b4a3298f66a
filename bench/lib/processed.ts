import type { EntryBody } from "../../server/protocol/journal.ts";
import type { CommittedEvent, Events } from "../../server/runtime/shared/events.ts";
import type { Journey } from "./actors.ts";

/** The callers waiting for the turns of one actor, in order, and the number of its durable turns. */
interface Waiting {
  callers: (() => void)[];
  done: number;
}

/** Reports durable turns without a reply: those of queued commands and of sends. */
export class Processed {
  readonly #counters = new Map<string, Waiting>();
  readonly #journeys = new Map<string, () => void>();

  constructor(events: Events) {
    events.listen((event) => {
      if (event.kind === "committed") this.#look(event);
    });
  }

  /**
   * Resolves when the counter's next turn that has no waiter is durable. The counter must be new, and every command to
   * it must have a waiter: turns run in the order in which commands are queued.
   */
  next(keyText: string): Promise<void> {
    const waiting = this.#counters.get(keyText) ?? { callers: [], done: 0 };
    this.#counters.set(keyText, waiting);
    return new Promise((resolve) => waiting.callers.push(resolve));
  }

  /** Resolves when the turn of a journey's last actor is durable. */
  journey(name: string): Promise<void> {
    return new Promise((resolve) => this.#journeys.set(name, resolve));
  }

  #look({ changes }: CommittedEvent): void {
    if (this.#counters.size === 0 && this.#journeys.size === 0) return;
    for (const change of changes) {
      const waiting = change.type === "counter" ? this.#counters.get(change.keyText) : undefined;
      for (; waiting !== undefined && waiting.done < change.head; waiting.done++) waiting.callers.shift()?.();
      if (change.type === "relay") for (const { body } of change.entries) this.#pass(body);
    }
  }

  #pass(body: EntryBody): void {
    const passed = body.kind === "turn" ? (body.message?.payload as Journey | undefined) : undefined;
    if (passed?.onwards.length !== 0) return;
    this.#journeys.get(passed.journey)?.();
    this.#journeys.delete(passed.journey);
  }
}
