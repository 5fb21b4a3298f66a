import { create, current, isDraft } from "mutative";
import type {
  Json,
  Patch,
  RecordedEffect,
  RecordedMessage,
  RecordedReminder,
  RecordedSend,
} from "../../protocol/journal.ts";
import type { NamedKey } from "../define/context.ts";
import type { ActorType } from "../define/define.ts";
import { type EffectCall, EffectFailed } from "../define/effects.ts";
import type { Key } from "../define/keys.ts";
import { GreenroomError, messageOf } from "../errors.ts";
import { checkJson, copyJson, freeze } from "../json/json.ts";
import { gainedBytes, jsonBytes, MAX_STATE } from "../json/size.ts";
import { isoTime } from "../time.ts";
import { CommandContext, Rejection } from "./command-context.ts";
import { Outbox } from "./outbox.ts";
import { withOrder } from "./patches.ts";

/** A message as its turn sees it. The `command` of a query is its name. */
export type Message = Pick<RecordedMessage, "id" | "command" | "payload" | "now">;

/**
 * Why a recorded turn cannot be repeated: the journal has `recorded` as the `n`th effect, but the code asks for another
 * effect (`actual` is its name), returns (null), or throws (the error's message).
 */
export interface EffectDivergence {
  kind: "other effect" | "missing effect" | "throw";
  n: number;
  recorded: string;
  actual: string | null;
}

/**
 * The result of a turn.
 *
 * - `done`: the new state, its size in bytes of JSON, and the reply as JSON text. An unchanged state is the same object
 *   as before. `patches` lead from the old state to the new one if the type has a history.
 * - `effect`: the turn waits for its `n`th effect.
 * - `failed`: nothing changed. The code is `rejected` if the handler refused, `handler_failed` if it threw.
 * - `diverged`: the handler asks for other effects than the recorded ones.
 */
export type TurnResult =
  | ({ kind: "done"; state: Json; bytes: number; patches: Patch[]; reply: string } & Sent)
  | { kind: "effect"; n: number; call: EffectCall }
  | { kind: "failed"; error: GreenroomError }
  | { kind: "diverged"; divergence: EffectDivergence };

/** The messages and reminders of a turn, in the order requested. */
interface Sent {
  sends: readonly RecordedSend[];
  reminders: readonly RecordedReminder[];
}

type AnyKey = NamedKey<readonly string[]>;

/**
 * Runs a command's handler from its start on a draft of the state. Finished effects answer from `effects`; the first
 * unfinished one ends the step. Pure: the same arguments give the same result, and no argument is changed.
 * @param bytes the size of the state in bytes of JSON, if known
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

/** Answers a query from a state, which it cannot change. Pure, like a turn. */
export function runQuery(
  type: ActorType,
  key: AnyKey,
  state: Json,
  message: Message,
): { kind: "done"; reply: string } | Extract<TurnResult, { kind: "failed" }> {
  const context = Object.freeze({ key, state: freeze(state), now: isoTime(message.now) });
  try {
    return { kind: "done", reply: replyText(invoke(type, context, message)) };
  } catch (error) {
    return { kind: "failed", error: failure(type, message, error) };
  }
}

/**
 * The initial state of an actor.
 * @throws GreenroomError `handler_failed` when `initial` throws or returns something that is not JSON
 */
export function initialState(type: ActorType, key: AnyKey, now: number): Json {
  try {
    const state = type.initial(key, isoTime(now));
    checkJson(state);
    return state;
  } catch (error) {
    const text = `${type.type}: initial failed: ${messageOf(error)}`;
    throw new GreenroomError("handler_failed", text, undefined, { cause: error });
  }
}

/** The result of a turn that failed before its handler ran: it diverges if effects of it are recorded. */
export function notStarted(
  error: GreenroomError,
  effects: readonly RecordedEffect[],
): Extract<TurnResult, { kind: "failed" | "diverged" }> {
  const [first] = effects;
  return first === undefined ? { kind: "failed", error } : diverged("throw", 0, first, error.message);
}

/** A key as handlers see it: by segment name. */
export function namedKey(type: ActorType, key: Key): AnyKey {
  return Object.freeze(Object.fromEntries(type.key.map((name, i) => [name, key[i] as string])));
}

/**
 * Runs a handler as far as the recorded effects allow. If it returns or throws before asking for all of them, it
 * diverges: effects that happened in the world must not be dropped by code that no longer knows them.
 */
function drive(
  type: ActorType,
  context: CommandContext,
  message: Message,
  effects: readonly RecordedEffect[],
): { kind: "returned"; value: unknown } | Extract<TurnResult, { kind: "effect" | "diverged" }> {
  let n = 0;
  try {
    const handler = invoke(type, context, message);
    if (!isGenerator(handler)) return returned(handler, effects, n);
    let step = handler.next();
    while (!step.done) {
      const call = step.value as EffectCall;
      const recorded = effects[n];
      if (recorded === undefined) return { kind: "effect", n, call };
      if (recorded.name !== call.name) return diverged("other effect", n, recorded, call.name);
      n += 1;
      step =
        "error" in recorded
          ? handler.throw(new EffectFailed(recorded.name, recorded.error))
          : handler.next(copyJson(recorded.result));
    }
    return returned(step.value, effects, n);
  } catch (error) {
    const next = effects[n];
    if (next === undefined) throw error;
    return diverged("throw", n, next, messageOf(error));
  }
}

function returned(value: unknown, effects: readonly RecordedEffect[], n: number) {
  const next = effects[n];
  return next === undefined ? { kind: "returned" as const, value } : diverged("missing effect", n, next, null);
}

function diverged(
  kind: EffectDivergence["kind"],
  n: number,
  { name: recorded }: RecordedEffect,
  actual: string | null,
) {
  return { kind: "diverged" as const, divergence: { kind, n, recorded, actual } };
}

/** Creates a draft of a state. `finish` returns the next state and, if wanted, the patches that lead to it. */
function draftOf(state: Json, withPatches: boolean): [draft: unknown, finish: () => readonly [unknown, Patch[]]] {
  if (typeof state !== "object" || state === null) return [state, () => [state, []]];
  if (withPatches)
    return create(state as object, { enablePatches: true }) as unknown as [object, () => [object, Patch[]]];
  const [draft, finish] = create(state as object);
  return [draft, () => [finish(), []]];
}

/** Passes a copy of the payload, so that a handler cannot change the recorded one. */
function invoke(type: ActorType, context: unknown, message: Message): unknown {
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
    // Nothing awaits this promise, so a rejection would end the process.
    reply.catch(() => undefined);
    throw new TypeError("a handler must be synchronous; this one returned a promise");
  }
  // Reading a draft through its proxies takes fifty times as long for a long list.
  const value: unknown = isDraft(reply) ? current(reply as object) : reply;
  checkJson(value);
  const text = JSON.stringify(value);
  if (text.length > MAX_STATE) {
    throw new RangeError(`its reply has ${text.length} characters of JSON; the maximum is ${MAX_STATE}`);
  }
  return text;
}

function tooLarge(bytes: number): RangeError {
  return new RangeError(`its state would have ${bytes} bytes of JSON; the maximum is ${MAX_STATE}`);
}

function failure(type: ActorType, message: Message, error: unknown): GreenroomError {
  if (error instanceof Rejection) return new GreenroomError("rejected", error.message);
  const text = `${type.type}.${message.command} failed: ${messageOf(error)}`;
  return new GreenroomError("handler_failed", text, undefined, { cause: error });
}
