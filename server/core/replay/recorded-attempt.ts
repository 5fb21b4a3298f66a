import type { Head } from "../../protocol/fold.ts";
import type { AttemptFailedEntry, Entry, RecordedEffect, RecordedMessage, TurnEntry } from "../../protocol/journal.ts";

/** One time that a message ran, as a journal has it: the entry that it ended with, and the effects that it had until then. */
export interface RecordedAttempt {
  seq: number;
  message: RecordedMessage;
  effects: readonly RecordedEffect[];
  ending: TurnEntry | AttemptFailedEntry;
}

/** The attempt that an entry ends; null for an entry that ends none. `head` is what the journal says up to the entry. */
export function attemptOf({ open }: Head, { seq, body }: Entry): RecordedAttempt | null {
  if (body.kind !== "turn" && body.kind !== "attempt_failed") return null;
  if (body.message !== undefined) return { seq, message: body.message, effects: [], ending: body };
  if (open === null) throw new Error("A turn names no message, and none was received.");
  return { seq, message: open.message, effects: open.effects, ending: body };
}
