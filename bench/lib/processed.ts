import type { EntryBody } from "../../server/protocol/journal.ts";
import type { CommittedEvent, Events } from "../../server/runtime/shared/events.ts";
import type { Journey } from "./actors.ts";

/** Whoever waits for the turns of one actor, in their order; and how many of its turns are durable. */
interface Line {
  waiting: (() => void)[];
  done: number;
}

/** Says when turns are durable that nobody has a reply of: those of messages that were told, and of sends. */
export class Processed {
  readonly #lines = new Map<string, Line>();
  readonly #journeys = new Map<string, () => void>();

  constructor(events: Events) {
    events.listen((event) => {
      if (event.kind === "committed") this.#look(event);
    });
  }

  /**
   * Resolves when the next turn of a counter is durable that is not yet waited for. It must be new, and get nothing but
   * what is waited for here: then its turns come in the order in which it was told.
   */
  next(keyText: string): Promise<void> {
    const line = this.#lines.get(keyText) ?? { waiting: [], done: 0 };
    this.#lines.set(keyText, line);
    return new Promise((resolve) => line.waiting.push(resolve));
  }

  /** Resolves when the turn is durable of the last actor of the journey with this name. */
  journey(name: string): Promise<void> {
    return new Promise((resolve) => this.#journeys.set(name, resolve));
  }

  #look({ changes }: CommittedEvent): void {
    if (this.#lines.size === 0 && this.#journeys.size === 0) return;
    for (const change of changes) {
      const line = change.type === "counter" ? this.#lines.get(change.keyText) : undefined;
      for (; line !== undefined && line.done < change.head; line.done++) line.waiting.shift()?.();
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
