import type { Head } from "../../protocol/fold.ts";
import type { Entry, EntryBody, Json, RecordedEffect, RecordedMessage, TurnEntry } from "../../protocol/journal.ts";
import type { AnsweredEffect, EffectChoice, WantedEffect } from "../../protocol/what-if.ts";
import type { NamedKey } from "../define/context.ts";
import { type ActorType, migrate } from "../define/define.ts";
import { GreenroomError, recordedError } from "../errors.ts";
import { checkJson } from "../json/json.ts";
import type { TurnResult } from "../turn/turn.ts";
import { turnEntryText } from "../turn/turn-entry.ts";
import { rerun } from "./replay.ts";

/** Maximum size of an alternative history, in characters of JSON: four times what is read of a journal at once. */
const MAX_ENTRIES_TEXT = 32 * 1024 * 1024;

/** The revision of a fork with a durable state. */
export const FIRST_REVISION = 1;

/** How a message ran: it ended, or it wants an effect that nothing answers. */
export interface Ran {
  result: Extract<TurnResult, { kind: "done" | "failed" | "effect" }>;
  answered: AnsweredEffect[];
  wants: WantedEffect | null;
}

/** An alternative history of an actor, made from a head on by the current code. No effect is called. */
export class Alternative {
  /** The entries that the journal would have after that head. Each is a separate value. */
  readonly entries: Entry[] = [];
  readonly #type: ActorType;
  readonly #key: NamedKey<readonly string[]>;
  #head: number;
  #state: Json | undefined;
  #bytes: number | undefined;
  #turnTime: number;
  #revision = FIRST_REVISION;
  #written = 0;

  /**
   * Starts at `base`, without its open turn. A state of an older version is migrated.
   * @throws GreenroomError `handler_failed` when the migration fails
   */
  constructor(type: ActorType, key: NamedKey<readonly string[]>, base: Head) {
    this.#type = type;
    this.#key = key;
    this.#head = base.seq;
    this.#turnTime = base.turnTime;
    this.#state = migratedState(type, base);
    if (this.#state === undefined || base.version === type.version) return;
    this.#push({ kind: "migrated", from: base.version, to: type.version, state: this.#state });
  }

  /** The seq of the newest entry. */
  get head(): number {
    return this.#head;
  }

  /** Undefined before the first turn. Never modified in place. */
  get state(): Json | undefined {
    return this.#state;
  }

  /** The time of the newest turn, in milliseconds since 1970; 0 before the first. */
  get turnTime(): number {
    return this.#turnTime;
  }

  /**
   * Runs a message. Its effects are answered by `choices`, else by the recorded effect of the same name. Unless one is
   * missing, the result is added to the history. Sends and reminders are not carried out.
   * @param attempt which attempt this is, from 1
   * @throws GreenroomError `payload_too_large` when the history becomes too long
   */
  run(
    message: RecordedMessage,
    recorded: readonly RecordedEffect[],
    choices: readonly EffectChoice[],
    attempt: number,
  ): Ran {
    const answered: AnsweredEffect[] = [];
    for (;;) {
      const effects = answered.map(({ effect }) => effect);
      const found = rerun(this.#type, this.#key, this.#state, message, effects, this.#bytes);
      const result = found.kind === "diverged" ? nondeterministic(message) : found;
      if (result.kind !== "effect") {
        this.#add(message, effects, result, attempt);
        return { result, answered, wants: null };
      }
      const { n, call } = result;
      const answer = answerOf(
        call.name,
        recorded[n],
        choices.find((choice) => choice.n === n),
      );
      if (answer === null) {
        return { result, answered, wants: { name: call.name, n, recorded: recorded[n]?.name ?? null } };
      }
      answered.push(answer);
    }
  }

  #add(message: RecordedMessage, answered: readonly RecordedEffect[], result: Ended, attempt: number): void {
    if (!this.#isRecorded(result)) return;
    const { id } = message;
    const isWhole = answered.length === 0;
    if (!isWhole) this.#push({ kind: "received", messageId: id, message }, message.now);
    for (const [n, effect] of answered.entries()) {
      this.#push({ kind: "effect", messageId: id, n, effect }, message.now);
    }
    if (result.kind === "done") {
      this.#finish(message, isWhole ? JSON.stringify(message) : null, result);
      return;
    }
    const { code } = this.#type;
    const own = isWhole ? { message } : {};
    const error = recordedError(result.error);
    this.#push({ kind: "attempt_failed", messageId: id, ...own, attempt, error, code }, message.now);
  }

  /** A journal records every message; the history of a durable state only those that changed it. */
  #isRecorded(result: Ended): boolean {
    return this.#type.persistence === "journal" || (result.kind === "done" && result.state !== this.#state);
  }

  #finish({ id, now }: RecordedMessage, text: string | null, result: Extract<Ended, { kind: "done" }>): void {
    if (this.#type.persistence === "state") this.#revision += 1;
    const revision = this.#type.persistence === "state" ? this.#revision : null;
    const entry = turnEntryText(this.#type, { id, text, revision }, this.#state, result);
    const unsent = result.sends.length + result.reminders.length > 0;
    this.#push({ ...(JSON.parse(entry) as TurnEntry), ...(unsent ? { unsent } : {}) }, now);
    this.#state = result.state;
    this.#bytes = result.bytes;
    this.#turnTime = now;
  }

  #push(body: EntryBody, at = this.#turnTime): void {
    const text = JSON.stringify(body);
    this.#written += text.length;
    if (this.#written > MAX_ENTRIES_TEXT) {
      const max = `${MAX_ENTRIES_TEXT / 1024 / 1024} MB of entries`;
      throw new GreenroomError(
        "payload_too_large",
        `The what-if makes more than ${max}. Set "to" to cover fewer messages.`,
      );
    }
    this.#head += 1;
    this.entries.push({ seq: this.#head, at, body: JSON.parse(text) as EntryBody });
  }
}

type Ended = Extract<TurnResult, { kind: "done" | "failed" }>;

/**
 * The state of a head, migrated to the current version.
 * @throws GreenroomError `handler_failed` when the state is newer than the code, or a migration fails
 */
export function migratedState(type: ActorType, { state, version }: Head): Json | undefined {
  if (state === undefined || version === type.version) return state;
  try {
    return migrate(type, structuredClone(state), version);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GreenroomError("handler_failed", `The state of ${type.type} cannot be migrated: ${why}.`, undefined, {
      cause,
    });
  }
}

function answerOf(
  name: string,
  recorded: RecordedEffect | undefined,
  choice: EffectChoice | undefined,
): AnsweredEffect | null {
  if (choice !== undefined) {
    if ("error" in choice) {
      return { effect: { name, attempts: 1, error: checked(name, choice.error) }, source: "failing" };
    }
    return { effect: { name, attempts: 1, result: checked(name, choice.result) }, source: "given" };
  }
  return recorded?.name === name ? { effect: recorded, source: "recorded" } : null;
}

function checked<T>(name: string, answer: T): T {
  try {
    checkJson(answer);
    return answer;
  } catch (error) {
    throw new GreenroomError(
      "invalid_payload",
      `The answer to the effect "${name}" is not valid: ${(error as Error).message}.`,
    );
  }
}

function nondeterministic({ command }: RecordedMessage): Ended {
  const text = `${command} asks for different effects each time it runs: a handler must do the same for the same message.`;
  return { kind: "failed", error: new GreenroomError("handler_failed", text) };
}
