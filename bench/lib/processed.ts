import type { TurnEntry } from "../../server/protocol/journal.ts";
import type { Events } from "../../server/runtime/events.ts";
import type { Journey } from "./actors.ts";

/** Says when turns are durable that nobody has a reply of: those of messages that were told, and of sends. */
export class Processed {
  readonly #waiting = new Map<string, () => void>();

  constructor(events: Events) {
    events.listen((event) => {
      if (event.kind !== "committed" || this.#waiting.size === 0) return;
      for (const { type, entries } of event.changes) {
        for (const { body } of entries) if (body.kind === "turn") this.#tell(type, body);
      }
    });
  }

  /** Resolves when the turn is durable of the message with this id, or of the last actor of the journey with this name. */
  of(name: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(name, resolve));
  }

  #tell(type: string, turn: TurnEntry): void {
    const name = type === "relay" ? arrived(turn) : turn.messageId;
    if (name === undefined) return;
    this.#waiting.get(name)?.();
    this.#waiting.delete(name);
  }
}

function arrived({ message }: TurnEntry): string | undefined {
  const payload = message?.payload as Journey | undefined;
  return payload?.onwards.length === 0 ? payload.journey : undefined;
}
