import type { AttemptFailedEntry, Json, TurnEntry } from "../../protocol/journal.ts";
import type { Divergence } from "../../protocol/what-if.ts";
import { isEqual } from "../json/equal.ts";
import type { TurnResult } from "../turn/turn.ts";

/**
 * Compares a turn with the recorded one; `recorded` is the state after that. Replies, states, sends and reminders are
 * compared, not patches: another way to the same state is no divergence.
 */
export function compareTurn(seq: number, body: TurnEntry, result: TurnResult, recorded: Json): Divergence | null {
  if (result.kind !== "done") return { seq, ...unfinished(result, body.reply) };
  const reply = JSON.parse(result.reply) as Json;
  return (
    differing(seq, "reply", body.reply, reply) ??
    differing(seq, "state", recorded, result.state) ??
    differing(seq, "send", listOf(body.sends), listOf(result.sends)) ??
    differing(seq, "reminder", listOf(body.reminders), listOf(result.reminders))
  );
}

/** Compares a turn with one that failed. Errors are not compared. */
export function compareFailure(seq: number, { error }: AttemptFailedEntry, result: TurnResult): Divergence | null {
  if (result.kind === "failed") return null;
  if (result.kind !== "done") return { seq, ...unfinished(result, error.message) };
  return { seq, kind: "throw", recorded: error.message, actual: null };
}

/** Returns a divergence if two values are not the same JSON. */
export function differing(seq: number, kind: Divergence["kind"], recorded: Json, actual: Json): Divergence | null {
  return isEqual(actual, recorded) ? null : { seq, kind, recorded, actual };
}

/** Sends or reminders as JSON; an empty list if there are none. */
export function listOf(items: readonly object[] | undefined): Json {
  return (items ?? []) as unknown as Json;
}

function unfinished(result: Exclude<TurnResult, { kind: "done" }>, recorded: Json): Omit<Divergence, "seq"> {
  switch (result.kind) {
    case "failed":
      return { kind: "throw", recorded, actual: result.error.message };
    case "diverged": {
      const { kind, recorded: expected, actual } = result.divergence;
      return { kind, recorded: expected, actual };
    }
    default:
      return { kind: "other effect", recorded: null, actual: result.call.name };
  }
}
