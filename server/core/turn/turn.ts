import { create, current, isDraft } from "mutative";
import type { Patch, RecordedEffect, RecordedReminder, RecordedSend } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { NamedKey } from "../define/context.ts";
import type { ActorType } from "../define/define.ts";
import { type EffectCall, EffectFailed } from "../define/effects.ts";
import type { Key } from "../define/keys.ts";
import { describeError, GreenroomError } from "../errors.ts";
import { checkJson, copyJson, freeze } from "../json/json.ts";
import { gainedBytes, jsonBytes, MAX_STATE } from "../json/size.ts";
import { isoTime } from "../time.ts";
import { CommandContext, Rejection } from "./command-context.ts";
import { Outbox } from "./outbox.ts";
import { withOrder } from "./patches.ts";

/** A message as the turn sees it. `now` is in milliseconds since 1970. */
export interface Message {
  id: string;
  command: string;
  payload: Json;
  now: number;
}

/**
 * What keeps a recorded turn from being gone through again: where the record holds the `n`th effect, named `recorded`, the
 * code asks for another (`actual` is its name), returns (null), or throws (the error's message).
 */
export interface EffectDivergence {
  kind: "other effect" | "missing effect" | "throw";
  n: number;
  recorded: string;
  actual: string | null;
}

/**
 * What became of a turn.
 * - `done`: the new state with its size (bytes of JSON) and the reply (JSON text). A state that is the very same object as before did not change;
 *   `patches` lead from the state before to it, where the type has a history.
 * - `effect`: it cannot go on before its `n`th effect is over.
 * - `failed`: nothing changed; `rejected` when the handler refused, `handler_failed` when it threw.
 * - `diverged`: the recorded effects are not those that the handler asks for.
 */
export type TurnResult =
  | ({ kind: "done"; state: Json; bytes: number; patches: Patch[]; reply: string } & Sent)
  | { kind: "effect"; n: number; call: EffectCall }
  | { kind: "failed"; error: GreenroomError }
  | { kind: "diverged"; divergence: EffectDivergence };

/** What a turn sends and which reminders it sets, both in the order asked. */
interface Sent {
  sends: readonly RecordedSend[];
  reminders: readonly RecordedReminder[];
}

type AnyKey = NamedKey<readonly string[]>;

/**
 * Processes one command: runs its handler on a draft of the state, from its begin. Effects that are over answer from
 * `effects`; the first that is not ends the step. `bytes` is the state's size, for whoever knows it. Pure: the same arguments give the same result, and neither `state`
 * nor the message nor the effects are ever changed.
 */
export function runTurn(
  type: ActorType,
  key: AnyKey,
  state: Json,
  message: Message,
  effects: readonly RecordedEffect[] = [],
  bytes = jsonBytes(state),
): TurnResult {
  const [draft, finish] = draftOf(state, type.history);
  const outbox = new Outbox(message.id, message.now, type);
  const context = new CommandContext(key, draft, message, outbox);
  try {
    const outcome = drive(type, context, message, effects);
    if (outcome.kind !== "returned") return outcome;
    const reply = replyText(outcome.value);
    const [next, found] = finish();
    checkJson(next, state);
    const patches = withOrder(state, next, found);
    const size = bytes + gainedBytes(state, next);
    if (size > MAX_STATE) throw tooLarge(size);
    const { sends, reminders } = outbox;
    return { kind: "done", state: freeze(next), bytes: size, patches, reply, sends, reminders };
  } catch (error) {
    return { kind: "failed", error: failure(type, message, error) };
  } finally {
    context.close();
  }
}

/** Answers one query from a state, which it cannot change. Pure, as a turn is. */
export function runQuery(
  type: ActorType,
  key: AnyKey,
  state: Json,
  message: Message,
): { kind: "done"; reply: string } | Extract<TurnResult, { kind: "failed" }> {
  const context = Object.freeze({ key, state: freeze(state), now: isoTime(message.now) });
  try {
    return { kind: "done", reply: replyText(call(type, context, message)) };
  } catch (error) {
    return { kind: "failed", error: failure(type, message, error) };
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
    const text = `${type.type}: initial failed: ${describeError(error).message}`;
    throw new GreenroomError("handler_failed", text, undefined, { cause: error });
  }
}

/** What becomes of a turn that threw before its handler began: it failed, unless effects of it are recorded. */
export function unbegun(
  error: GreenroomError,
  effects: readonly RecordedEffect[],
): Extract<TurnResult, { kind: "failed" | "diverged" }> {
  const [first] = effects;
  return first === undefined ? { kind: "failed", error } : diverged("throw", 0, first, error.message);
}

/** A key by the names of its segments, as handlers see it. */
export function namedKey(type: ActorType, key: Key): AnyKey {
  return Object.freeze(Object.fromEntries(type.key.map((name, i) => [name, key[i] as string])));
}

/**
 * Runs a handler as far as the recorded effects go. When it returns or throws, it must have asked for all of them: what was
 * done in the world is not to be dropped by code that no longer knows of it.
 */
function drive(
  type: ActorType,
  context: CommandContext,
  message: Message,
  effects: readonly RecordedEffect[],
): { kind: "returned"; value: unknown } | Extract<TurnResult, { kind: "effect" | "diverged" }> {
  let n = 0;
  try {
    const handler = call(type, context, message);
    if (!isGenerator(handler)) return returned(handler, effects, n);
    let step = handler.next();
    while (!step.done) {
      const asked = step.value as EffectCall;
      const recorded = effects[n];
      if (recorded === undefined) return { kind: "effect", n, call: asked };
      if (recorded.name !== asked.name) return diverged("other effect", n, recorded, asked.name);
      n += 1;
      step =
        "error" in recorded
          ? handler.throw(new EffectFailed(recorded.name, recorded.error))
          : handler.next(copyJson(recorded.result));
    }
    return returned(step.value, effects, n);
  } catch (error) {
    const left = effects[n];
    if (left === undefined) throw error;
    return diverged("throw", n, left, describeError(error).message);
  }
}

function returned(value: unknown, effects: readonly RecordedEffect[], n: number) {
  const left = effects[n];
  return left === undefined ? { kind: "returned" as const, value } : diverged("missing effect", n, left, null);
}

function diverged(
  kind: EffectDivergence["kind"],
  n: number,
  { name: recorded }: RecordedEffect,
  actual: string | null,
) {
  return { kind: "diverged" as const, divergence: { kind, n, recorded, actual } };
}

/** The draft of a state, and what ends it: it gives the next state, with the patches that lead to it where asked for. */
function draftOf(state: Json, withPatches: boolean): [draft: unknown, finish: () => readonly [unknown, Patch[]]] {
  if (typeof state !== "object" || state === null) return [state, () => [state, []]];
  if (withPatches)
    return create(state as object, { enablePatches: true }) as unknown as [object, () => [object, Patch[]]];
  const [draft, finish] = create(state as object);
  return [draft, () => [finish(), []]];
}

/** The payload is a copy: what is recorded is what came, whatever a handler does to it, and however often it runs. */
function call(type: ActorType, context: unknown, message: Message): unknown {
  const handler = type.handlers.get(message.command) as (c: unknown, payload: Json) => unknown;
  return handler(context, copyJson(message.payload));
}

function isGenerator(value: unknown): value is Generator<unknown, unknown, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return Object.prototype.toString.call(value) === "[object Generator]";
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
  const text = JSON.stringify(value);
  if (text.length > MAX_STATE) {
    throw new RangeError(`its reply would have ${text.length} characters of JSON; at most ${MAX_STATE} are sent`);
  }
  return text;
}

function tooLarge(bytes: number): RangeError {
  return new RangeError(`its state would have ${bytes} bytes of JSON; at most ${MAX_STATE} are kept`);
}

function failure(type: ActorType, message: Message, error: unknown): GreenroomError {
  if (error instanceof Rejection) return new GreenroomError("rejected", error.message);
  const text = `${type.type}.${message.command} failed: ${describeError(error).message}`;
  return new GreenroomError("handler_failed", text, undefined, { cause: error });
}
