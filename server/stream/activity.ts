import type { ActivityEvent } from "../protocol/activity.ts";
import type { Entry, Patch } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type { StoredLetter } from "../runtime/ports/activity-feed.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type { ActorChange, FailedAttempt, LifeEvent } from "../runtime/shared/events.ts";

/** The most characters of a row's text. */
const MAX_TEXT = 200;
/** How many changed paths a row names. */
const NAMED_PATHS = 3;

/** What an entry of a journal tells. */
export function ofEntry({ type, keyText }: Address, { seq, at, body }: Entry): ActivityEvent {
  const common = { ...blank(type, keyText, at), id: `${type} ${keyText} ${seq}`, kind: body.kind, head: seq };
  switch (body.kind) {
    case "turn": {
      const { messageId, message, patches, state, reply } = body;
      const changed = state === undefined ? ofPatches(patches) : "the whole state";
      const text = cut(reply === null ? changed : `${changed} → ${JSON.stringify(reply)}`);
      return { ...common, name: message?.command ?? null, messageId, text };
    }
    case "received": {
      const { messageId, message } = body;
      return { ...common, name: message.command, messageId, text: shown(message.payload) };
    }
    case "effect": {
      const { messageId, effect } = body;
      const isError = "error" in effect;
      const text = isError ? cut(`${effect.error.name}: ${effect.error.message}`) : shown(effect.result);
      return { ...common, name: effect.name, messageId, text, isError };
    }
    case "attempt_failed": {
      const { messageId, message, error } = body;
      const text = cut(`${error.name}: ${error.message}`);
      return { ...common, name: message?.command ?? null, messageId, text, isError: true };
    }
    case "forked":
      return { ...common, text: cut(`from ${body.from.key} at ${body.from.seq}`) };
    case "adopted":
      return { ...common, text: `as it was at revision ${body.revision}` };
    default:
      return { ...common, text: cut(`version ${body.from} → ${body.to}`) };
  }
}

/** What a change of a durable state tells: of all that one batch did to it, the last. */
export function ofState({ type, keyText, at, head, lastChange }: ActorChange): ActivityEvent {
  const paths = lastChange?.paths.map((path) => ({ path })) ?? [];
  return {
    ...blank(type, keyText, at),
    id: `${type} ${keyText} ${head}`,
    kind: "state",
    head,
    name: lastChange?.command ?? null,
    messageId: lastChange?.messageId ?? null,
    text: cut(ofPatches(paths)),
  };
}

/** What is told of a message of a mailbox that failed, or was given up. */
export function ofFailure({
  type,
  keyText,
  at,
  head,
  messageId,
  command,
  attempts,
  text,
  kind,
}: FailedAttempt): ActivityEvent {
  return {
    ...blank(type, keyText, at),
    id: `${kind} ${messageId} ${attempts}`,
    ...{ kind, head, messageId, name: command, isError: true },
    text: cut(`attempt ${attempts}: ${text}`),
  };
}

/** What is told of a message that was given up, from the store. */
export function ofLetter({ title, ...letter }: StoredLetter): ActivityEvent {
  return ofFailure({ ...letter, kind: "dead_letter", text: title });
}

/** What a step in an actor's life tells. `n` tells it apart from others. */
export function ofLife({ type, keyText, lifecycle, reason, at }: LifeEvent, n: string): ActivityEvent {
  const isError = lifecycle === "failed" || lifecycle === "fenced";
  return { ...blank(type, keyText, at), id: `life ${n}`, kind: "life", lifecycle, text: cut(reason ?? ""), isError };
}

function blank(type: string, keyText: string, at: number): Omit<ActivityEvent, "id" | "kind"> {
  return { type, keyText, at, head: null, name: null, messageId: null, text: "", isError: false, lifecycle: null };
}

function ofPatches(patches: readonly Pick<Patch, "path">[] = []): string {
  if (patches.length === 0) return "nothing changed";
  if (patches.some(({ path }) => path.length === 0)) return "the whole state";
  const named = patches.slice(0, NAMED_PATHS).map(({ path }) => path.join("."));
  const more = patches.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** A value's JSON; of a large one its begin. */
function shown(value: Json): string {
  return cut(JSON.stringify(value));
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1).toWellFormed()}…`;
}
