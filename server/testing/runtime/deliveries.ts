import type { ErrorCode } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import { Actor } from "../../runtime/actor/actor.ts";
import { type Answer, Delivery } from "../../runtime/actor/delivery.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import { Note } from "../types/note.ts";

/** An outcome that the caller of a delivery received, or that the delivery is finished. */
export type Received = { answer: Answer } | { error: ErrorCode } | "finished";

interface DeliveryOptions {
  payload?: Json;
  id?: string;
  /** Milliseconds since 1970. */
  now?: number;
  /** An idempotency key without a stored reply. */
  key?: string;
}

/** A message to a note, and what its caller receives, in order. */
export function deliver(
  operation: string,
  options: DeliveryOptions = {},
): { delivery: Delivery; received: Received[] } {
  const { payload = {}, id = "m-1", now = 0, key } = options;
  const kind = Note.operations.get(operation)?.kind;
  if (kind === undefined) throw new Error(`A note has no ${operation}.`);
  const received: Received[] = [];
  const delivery = new Delivery({
    message: { id, operation, payload, now },
    kind,
    idempotencyKey: key,
    mailSeq: 0,
    caller: { resolve: (answer) => received.push({ answer }), reject: (error) => received.push({ error: error.code }) },
    finished: () => received.push("finished"),
  });
  delivery.storedReply = null;
  return { delivery, received };
}

/** A loaded note, as stored at a revision, or never stored. */
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
