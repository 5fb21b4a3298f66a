import type { Entry, RecordedEffect, RecordedMessage } from "./journal.ts";
import type { Json } from "./json.ts";
import { applyPatches } from "./patches.ts";

/** A message that was received and is not over, with the effects that are. */
export interface OpenTurn {
  message: RecordedMessage;
  effects: RecordedEffect[];
}

/** What a journal says up to `seq`. `state` is undefined before the first turn; `turnTime` is what the newest saw. */
export interface Head {
  seq: number;
  state: Json | undefined;
  version: number;
  turnTime: number;
  open: OpenTurn | null;
}

/** Where every journal begins. */
export function emptyHead(version: number): Head {
  return { seq: 0, state: undefined, version, turnTime: 0, open: null };
}

/**
 * Brings a head further by the entries that follow it, without running any code of the actor. Changes the head's state
 * in place: it must be the caller's own.
 * @throws Error when an entry is missing, or does not fit
 */
export function fold(head: Head, entries: Iterable<Entry>): Head {
  for (const entry of entries) {
    if (entry.seq !== head.seq + 1) throw new Error(`Entry ${head.seq + 1} is missing; the next is ${entry.seq}.`);
    foldEntry(head, entry);
    head.seq = entry.seq;
  }
  return head;
}

function foldEntry(head: Head, { body }: Entry): void {
  switch (body.kind) {
    case "turn":
      if (body.state !== undefined) head.state = body.state;
      else if (body.patches !== undefined) applyPatches(head.state as Json, body.patches);
      head.version = body.version;
      head.turnTime = (body.message ?? head.open?.message)?.now ?? head.turnTime;
      head.open = null;
      return;
    case "received":
      head.open = { message: body.message, effects: [...(body.effects ?? [])] };
      return;
    case "effect":
      if (head.open?.message.id !== body.messageId) throw new Error("An effect belongs to no open turn.");
      head.open.effects.push(body.effect);
      return;
    case "attempt_failed":
      head.open = null;
      return;
    case "migrated":
      head.state = body.state;
      head.version = body.to;
      return;
    case "forked":
    case "adopted":
      if (body.state !== undefined) head.state = body.state;
      head.version = body.version;
      head.turnTime = body.turnTime;
      return;
    default:
      throw new Error(`An entry of the kind "${(body as { kind: string }).kind}" is not known to this version.`);
  }
}
