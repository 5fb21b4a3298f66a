import type { ActivityEvent } from "../protocol/activity.ts";
import { changedPaths, isFailure, wordsOf } from "../protocol/entry-words.ts";
import type { Entry } from "../protocol/journal.ts";
import type { StoredLetter } from "../runtime/ports/activity-feed.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type { ActorChange, FailedAttempt, LifeEvent } from "../runtime/shared/events.ts";

/** Maximum length of an event's text, in characters. */
const MAX_TEXT = 200;

/** Makes the event of a journal's entry. */
export function ofEntry({ type, keyText }: Address, entry: Entry): ActivityEvent {
  const { seq, at, body } = entry;
  const { name, what, outcome } = wordsOf(entry);
  return {
    ...blank(type, keyText, at),
    ...{ id: `${type} ${keyText} ${seq}`, kind: body.kind, head: seq, name, isError: isFailure(entry) },
    messageId: "messageId" in body ? body.messageId : null,
    text: cut(outcome === null || outcome === "null" ? what : `${what} → ${outcome}`),
  };
}

/** Makes the event of a durable state's change. Of several changes in one batch, `change` has the last. */
export function ofState({ type, keyText, at, head, lastChange }: ActorChange): ActivityEvent {
  const paths = lastChange?.paths.map((path) => ({ path })) ?? [];
  return {
    ...blank(type, keyText, at),
    id: `${type} ${keyText} ${head}`,
    kind: "state",
    head,
    name: lastChange?.command ?? null,
    messageId: lastChange?.messageId ?? null,
    text: cut(changedPaths(paths)),
  };
}

/** Makes the event of a mailbox message that failed, or became a dead letter. */
export function ofFailure({ command, attempts, text, ...failure }: FailedAttempt): ActivityEvent {
  const { type, keyText, at, kind, head, messageId } = failure;
  return {
    ...blank(type, keyText, at),
    id: `${kind} ${messageId} ${attempts}`,
    ...{ kind, head, messageId, name: command, isError: true },
    text: cut(`attempt ${attempts}: ${text}`),
  };
}

/** Makes the event of a stored dead letter. */
export function ofLetter({ title, ...letter }: StoredLetter): ActivityEvent {
  return ofFailure({ ...letter, kind: "dead_letter", text: title });
}

/** Makes the event of a lifecycle change. `n` makes its id unique. */
export function ofLife({ type, keyText, lifecycle, reason, at }: LifeEvent, n: string): ActivityEvent {
  const isError = lifecycle === "failed" || lifecycle === "fenced";
  return { ...blank(type, keyText, at), id: `life ${n}`, kind: "life", lifecycle, text: cut(reason ?? ""), isError };
}

function blank(type: string, keyText: string, at: number): Omit<ActivityEvent, "id" | "kind"> {
  return { type, keyText, at, head: null, name: null, messageId: null, text: "", isError: false, lifecycle: null };
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1).toWellFormed()}…`;
}
