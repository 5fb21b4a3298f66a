import type { ErrorCode } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/journal.ts";
import { Actor } from "../../runtime/actor/actor.ts";
import { type Answer, Delivery } from "../../runtime/actor/delivery.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import { Note } from "../types/note.ts";

/** What the caller of a delivery received, and the end of the delivery. */
export type Outcome = { answer: Answer } | { error: ErrorCode } | "finished";

/** The variable parts of a delivery. */
interface DeliveryOptions {
  payload?: Json;
  id?: string;
  /** Milliseconds since 1970. */
  now?: number;
  /** An idempotency key. No stored reply was found for it. */
  key?: string;
}

/** A message to a note, and what its caller receives, in order. */
export function deliver(command: string, options: DeliveryOptions = {}): { delivery: Delivery; outcomes: Outcome[] } {
  const { payload = {}, id = "m-1", now = 0, key } = options;
  const kind = Note.operations.get(command)?.kind;
  if (kind === undefined) throw new Error(`A note has no ${command}.`);
  const outcomes: Outcome[] = [];
  const delivery = new Delivery({
    message: { id, command, payload, now },
    kind,
    idempotencyKey: key,
    mailSeq: 0,
    caller: { resolve: (answer) => outcomes.push({ answer }), reject: (error) => outcomes.push({ error: error.code }) },
    finished: () => outcomes.push("finished"),
  });
  delivery.storedReply = null;
  return { delivery, outcomes };
}

/** A loaded note, as stored at a revision; without `stored`, one that was never stored. */
export function noteInMemory(id: string, stored?: { id: number; revision: number; text: string }): Actor {
  const actor = new Actor(Note, [id], id, 0);
  actor.lifecycle = "active";
  if (stored === undefined) return actor;
  actor.id = stored.id as ActorId;
  actor.head = stored.revision;
  actor.storedVersion = Note.version;
  actor.state = { text: stored.text, edits: stored.revision };
  return actor;
}
