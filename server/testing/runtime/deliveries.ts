import type { ErrorCode } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import { Actor } from "../../runtime/actor/actor.ts";
import { type Answer, Delivery } from "../../runtime/actor/delivery.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import { Note } from "../types/note.ts";

/** What the caller of a delivery was told, and that nothing of it is left. */
export type Told = { answer: Answer } | { error: ErrorCode } | "finished";

/** What a test's delivery may have different from others. */
interface DeliveryOptions {
  payload?: Json;
  id?: string;
  /** Milliseconds since 1970. */
  now?: number;
  /** An idempotency key. A kept reply has been looked for, and there is none. */
  key?: string;
}

/** A message to a note, and what its caller is told, in order. */
export function deliver(operation: string, options: DeliveryOptions = {}): { delivery: Delivery; told: Told[] } {
  const { payload = {}, id = "m-1", now = 0, key } = options;
  const kind = Note.operations.get(operation)?.kind;
  if (kind === undefined) throw new Error(`A note has no ${operation}.`);
  const told: Told[] = [];
  const delivery = new Delivery({
    message: { id, operation, payload, now },
    kind,
    idempotencyKey: key,
    mailSeq: 0,
    caller: { resolve: (answer) => told.push({ answer }), reject: (error) => told.push({ error: error.code }) },
    finished: () => told.push("finished"),
  });
  delivery.storedReply = null;
  return { delivery, told };
}

/** A note in memory: loaded, and as it was stored at a revision; with none, it was never stored. */
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
