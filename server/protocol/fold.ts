import type { Entry, RecordedEffect, RecordedMessage } from "./journal.ts";
import type { Json } from "./json.ts";
import { applyPatches } from "./patches.ts";

/** A received message that is not finished, with its finished effects. */
export interface OpenTurn {
  message: RecordedMessage;
  effects: RecordedEffect[];
}

/**
 * An actor as its journal describes it up to `seq`. `state` is undefined before the first turn; `turnTime` is the time
 * of the newest turn.
 */
export interface Head {
  seq: number;
  state: Json | undefined;
  version: number;
  turnTime: number;
  open: OpenTurn | null;
}

/** The head of an empty journal. */
export function emptyHead(version: number): Head {
  return { seq: 0, state: undefined, version, turnTime: 0, open: null };
}

/**
 * Applies the entries that follow a head, without running any code of the actor. Modifies the head's state in place, so
 * the head must be the caller's own.
 * @throws Error when an entry is missing or does not fit
 */
export function fold(head: Head, entries: Iterable<Entry>): Head {
  for (const entry of entries) {
    if (entry.seq !== head.seq + 1) throw new Error(`Entry ${head.seq + 1} is missing; the next one is ${entry.seq}.`);
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
      throw new Error(`An entry of the kind "${(body as { kind: string }).kind}" is not supported by this version.`);
  }
}
