import { create, current, isDraft } from "mutative";
import type { Json } from "../protocol/json.ts";
import type { ActorType, NamedKey, QueryContext, TurnContext } from "./define.ts";
import { GreenroomError } from "./errors.ts";
import { checkJson, freeze } from "./json.ts";
import type { Key } from "./keys.ts";
import { type Random, seededRandom, uuidFrom } from "./random.ts";
import { isoTime } from "./time.ts";

/** A message as the turn sees it. `now` is in milliseconds since 1970. */
export interface Message {
  id: string;
  operation: string;
  payload: Json;
  now: number;
}

/** What became of a turn. `reply` is JSON text. A state that is the very same object as before did not change. */
export type TurnResult = { ok: true; state: Json; reply: string } | { ok: false; error: GreenroomError };

type AnyKey = NamedKey<readonly string[]>;

class Rejection extends Error {}

/**
 * Processes one command: runs its handler on a draft of the state. Pure: the same arguments give the same result, and
 * `state` itself is never changed.
 * @returns the new state and the reply; or `rejected` when the handler refused, `handler_failed` when it threw or made
 * something that JSON cannot hold
 */
export function runTurn(type: ActorType, key: AnyKey, state: Json, message: Message): TurnResult {
  const [draft, finish] = draftOf(state);
  try {
    let seeded: Random | undefined;
    const random = () => {
      seeded ??= seededRandom(message.id);
      return seeded();
    };
    const context: TurnContext<unknown> = Object.freeze({
      key,
      state: draft,
      now: isoTime(message.now),
      random,
      uuid: () => uuidFrom(random),
      reject: (reason: string) => {
        throw new Rejection(reason);
      },
    });
    const reply = replyText(call(type, context, message));
    const next = finish();
    checkJson(next, state);
    return { ok: true, state: freeze(next), reply };
  } catch (error) {
    return { ok: false, error: failure(type, message, error) };
  }
}

/**
 * Answers one query from a state, which it cannot change.
 * @returns the reply as JSON text; or `rejected`/`handler_failed` as for a turn
 */
export function runQuery(type: ActorType, key: AnyKey, state: Json, message: Message): TurnResult {
  try {
    const context: QueryContext<unknown> = Object.freeze({
      key,
      state: freeze(state) as never,
      now: isoTime(message.now),
    });
    return { ok: true, state, reply: replyText(call(type, context, message)) };
  } catch (error) {
    return { ok: false, error: failure(type, message, error) };
  }
}

/**
 * The state that an actor begins with.
 * @throws GreenroomError `handler_failed` when `initial` throws or makes something that JSON cannot hold
 */
export function initialState(type: ActorType, key: AnyKey, now: number): Json {
  try {
    const state = type.initial(key, isoTime(now));
    checkJson(state);
    return state;
  } catch (error) {
    throw new GreenroomError("handler_failed", `${type.type}: initial failed: ${text(error)}`, undefined, {
      cause: error,
    });
  }
}

function draftOf(state: Json): [draft: unknown, finish: () => unknown] {
  if (typeof state !== "object" || state === null) return [state, () => state];
  return create(state as object);
}

function call(type: ActorType, context: unknown, message: Message): unknown {
  const handler = type.handlers.get(message.operation) as (c: unknown, payload: Json) => unknown;
  return handler(context, message.payload);
}

function replyText(reply: unknown): string {
  if (reply === undefined) return "null";
  if (reply instanceof Promise) {
    // Nobody waits for it, so a rejection would end the process.
    reply.catch(() => undefined);
    throw new TypeError("a handler must be synchronous; this one returned a promise");
  }
  // A draft is read member by member through proxies, which for a long list takes fifty times as long.
  const value: unknown = isDraft(reply) ? current(reply as object) : reply;
  checkJson(value);
  return JSON.stringify(value);
}

/** A key by the names of its segments, as handlers see it. */
export function namedKey(type: ActorType, key: Key): AnyKey {
  return Object.freeze(Object.fromEntries(type.keyNames.map((name, i) => [name, key[i] as string])));
}

function failure(type: ActorType, message: Message, error: unknown): GreenroomError {
  if (error instanceof Rejection) return new GreenroomError("rejected", error.message);
  return new GreenroomError("handler_failed", `${type.type}.${message.operation} failed: ${text(error)}`, undefined, {
    cause: error,
  });
}

function text(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === "string" ? error : "what was thrown is not an Error";
}
