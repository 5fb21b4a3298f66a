import { isDeepStrictEqual } from "node:util";
import type { ActorType } from "../core/define.ts";
import type { Key } from "../core/keys.ts";
import { parsePayload } from "../core/payload.ts";
import { initialState, namedKey, runTurn, type TurnResult } from "../core/turn.ts";
import type { EffectError, RecordedEffect } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";

/** A command in an example: its name, payload, and what its effects give, by name. */
export interface ExampleCommand {
  command: string;
  payload?: Json;
  effects?: Record<string, { result: Json } | { error: EffectError }>;
  /** When it came. ISO, UTC. */
  at?: string;
}

/** What an example expects: the state, the reply, or the code of a refusal. Only what is given is compared. */
export interface ExampleOutcome {
  state?: Json;
  reply?: Json;
  refused?: string;
}

const START = "2026-01-01T00:00:00.000Z";

/**
 * An example of what an actor does, with no database and no clock:
 * `given(Counter, ["c1"], { command: "increment" }).when({ command: "value" }).then({ state })`.
 * Each example runs twice: as it stands, and once more with the state written to JSON and read back before every
 * command, as a restart would.
 */
export function given(type: ActorType, key: Key, ...history: ExampleCommand[]) {
  return {
    when: (command: ExampleCommand) => ({
      /** @throws Error that says what was expected and what came */
      then(expected: ExampleOutcome): void {
        for (const restarts of [false, true]) {
          const actual = run(type, key, [...history, command], restarts);
          for (const part of ["state", "reply", "refused"] as const) {
            if (expected[part] === undefined || isDeepStrictEqual(actual[part], expected[part])) continue;
            const how = restarts ? " after a restart" : "";
            throw new Error(
              `The ${part}${how} is ${JSON.stringify(actual[part])}; expected ${JSON.stringify(expected[part])}.`,
            );
          }
        }
      },
    }),
  };
}

function run(type: ActorType, key: Key, commands: readonly ExampleCommand[], restarts: boolean): ExampleOutcome {
  const named = namedKey(type, key);
  let state: Json | undefined;
  let outcome: ExampleOutcome = {};
  for (const [i, example] of commands.entries()) {
    const now = Date.parse(example.at ?? START) + (example.at === undefined ? i * 1_000 : 0);
    const before: Json = state ?? initialState(type, named, now);
    const result = runExample(
      type,
      named,
      restarts ? (structuredClone(before) as Json) : before,
      example,
      `m${i}`,
      now,
    );
    if (result.kind === "done") {
      state = result.state;
      outcome = { state: asStored(state), reply: JSON.parse(result.reply) as Json };
    } else if (result.kind === "failed") {
      outcome = { ...(state === undefined ? {} : { state: asStored(state) }), refused: result.error.code };
    } else {
      throw new Error(`"${example.command}" asks for an effect that the example does not give.`);
    }
  }
  return outcome;
}

function runExample(
  type: ActorType,
  key: ReturnType<typeof namedKey>,
  state: Json,
  { command, payload = {}, effects = {} }: ExampleCommand,
  id: string,
  now: number,
): TurnResult {
  const operation = type.operations.get(command);
  if (operation?.kind !== "command") throw new Error(`${type.type} has no command "${command}".`);
  const message = { id, operation: command, payload: parsePayload(operation.schema, payload, command).value, now };
  const over: RecordedEffect[] = [];
  for (;;) {
    const result = runTurn(type, key, state, message, over);
    if (result.kind !== "effect") return result;
    const given = effects[result.call.name];
    if (given === undefined) return result;
    over.push({ name: result.call.name, attempts: 1, ...given });
  }
}

function asStored(state: Json): Json {
  return JSON.parse(JSON.stringify(state)) as Json;
}
