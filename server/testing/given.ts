import { isDeepStrictEqual } from "node:util";
import type { ActorType } from "../core/define/define.ts";
import type { Key } from "../core/define/keys.ts";
import { parsePayload } from "../core/define/payload.ts";
import { isoTime } from "../core/time.ts";
import { initialState, namedKey, runQuery, runTurn, type TurnResult } from "../core/turn/turn.ts";
import { applyPatches } from "../protocol/fold.ts";
import type { EffectError, Json, RecordedEffect, RecordedReminder, RecordedSend } from "../protocol/journal.ts";

/** A command or query in an example: its name, its payload, and the outcomes of its effects by name. */
export interface ExampleMessage {
  name: string;
  payload?: Json;
  effects?: Record<string, { result: Json } | { error: EffectError }>;
  /** ISO time in UTC. Default: a second after the previous message. */
  at?: string;
}

/** A reminder that an example's message sets, with an ISO time in UTC, or one that it cancels. */
export type ExampleReminder =
  | { name: string; at: string; every?: number; command: string; payload: Json }
  | { name: string; cancelled: true };

/**
 * The expected outcome of an example: the state, the reply or the code of a refusal, the messages that its last message
 * sends, and the reminders that it sets or cancels, both in order. Omitted parts are not compared.
 */
export interface ExampleOutcome {
  state?: Json;
  reply?: Json;
  refused?: string;
  sends?: readonly Omit<RecordedSend, "messageId">[];
  reminders?: readonly ExampleReminder[];
}

const START = Date.parse("2026-01-01T00:00:00.000Z");

/**
 * Tests an example of an actor's behavior without a database or a clock:
 * `given(Counter, ["c1"], { name: "increment" }).when({ name: "value" }).then({ reply: 1 })`.
 * Each example runs twice. The second time, the actor restarts before every message: its state is recovered from its
 * recorded changes.
 */
export function given(type: ActorType, key: Key, ...history: ExampleMessage[]) {
  return {
    when: (message: ExampleMessage) => ({
      /** @throws Error with the expected and the actual outcome */
      then(expected: ExampleOutcome): void {
        for (const restarts of [false, true]) {
          const actual = new Example(type, key, restarts).runAll([...history, message]);
          for (const part of ["state", "reply", "refused", "sends", "reminders"] as const) {
            if (expected[part] === undefined || isDeepStrictEqual(actual[part], expected[part])) continue;
            const how = restarts ? " after a restart" : "";
            throw new Error(
              `The ${part}${how} ${part.endsWith("s") ? "are" : "is"} ${JSON.stringify(actual[part])}; expected ${JSON.stringify(expected[part])}.`,
            );
          }
        }
      },
    }),
  };
}

/** An actor of an example. */
class Example {
  readonly #type: ActorType;
  readonly #key: ReturnType<typeof namedKey>;
  readonly #restarts: boolean;
  #state: Json | undefined;
  #now = START;

  constructor(type: ActorType, key: Key, restarts: boolean) {
    this.#type = type;
    this.#key = namedKey(type, key);
    this.#restarts = restarts;
  }

  runAll(messages: readonly ExampleMessage[]): ExampleOutcome {
    let outcome: ExampleOutcome = {};
    for (const [i, message] of messages.entries()) outcome = this.#run(message, `m${i}`);
    return outcome;
  }

  #run(message: ExampleMessage, id: string): ExampleOutcome {
    this.#now = message.at === undefined ? this.#now + 1_000 : Date.parse(message.at);
    const before = this.#state ?? initialState(this.#type, this.#key, this.#now);
    const result = this.#process(message, id, before);
    switch (result.kind) {
      case "done":
        this.#keep(before, result);
        return {
          state: asStored(result.state),
          reply: JSON.parse(result.reply) as Json,
          sends: result.sends.map(({ messageId: _, ...send }) => send),
          reminders: result.reminders.map(toExample),
        };
      case "failed":
        return { state: asStored(before), refused: result.error.code, sends: [], reminders: [] };
      case "diverged":
        throw new Error(`"${message.name}" asks for other effects when it runs again.`);
      default:
        throw new Error(
          `"${message.name}" asks for the effect "${result.call.name}", which the example does not give.`,
        );
    }
  }

  #process({ name, payload = {}, effects = {} }: ExampleMessage, id: string, state: Json): TurnResult {
    const operation = this.#type.operations.get(name);
    if (operation === undefined) throw new Error(`${this.#type.type} has no "${name}".`);
    const message = {
      id,
      command: name,
      payload: parsePayload(operation.schema, payload, name).value,
      now: this.#now,
    };
    if (operation.kind === "query") {
      const result = runQuery(this.#type, this.#key, state, message);
      return result.kind === "done" ? { ...result, state, bytes: 0, patches: [], sends: [], reminders: [] } : result;
    }
    const over: RecordedEffect[] = [];
    for (;;) {
      const result = runTurn(this.#type, this.#key, state, message, over);
      const effect = result.kind === "effect" ? effects[result.call.name] : undefined;
      if (result.kind !== "effect" || effect === undefined) return result;
      over.push({ name: result.call.name, attempts: 1, ...effect });
    }
  }

  /** A restart finds what was recorded: the first state of a journal and then its patches; else the newest state. */
  #keep(before: Json, { state, patches }: Extract<TurnResult, { kind: "done" }>): void {
    if (this.#restarts && this.#state !== undefined && this.#type.persistence === "journal") {
      const recovered = asStored(before);
      applyPatches(recovered, asStored(patches));
      this.#state = recovered;
    } else {
      this.#state = this.#restarts ? asStored(state) : state;
    }
  }
}

function toExample({ name, set }: RecordedReminder): ExampleReminder {
  if (set === null) return { name, cancelled: true };
  const { at, every, command, payload } = set;
  return { name, at: isoTime(at), ...(every === null ? {} : { every }), command, payload };
}

function asStored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
