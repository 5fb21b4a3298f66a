import type { Head } from "../../protocol/fold.ts";
import type { Entry, EntryBody, RecordedEffect, RecordedMessage, TurnEntry } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { AnsweredEffect, EffectChoice, WantedEffect } from "../../protocol/what-if.ts";
import type { NamedKey } from "../define/context.ts";
import type { ActorType } from "../define/define.ts";
import { migrate } from "../define/migrate.ts";
import { GreenroomError, recordedError } from "../errors.ts";
import { checkJson } from "../json/json.ts";
import type { TurnResult } from "../turn/turn.ts";
import { turnEntryText } from "../turn/turn-entry.ts";
import { rerun } from "./replay.ts";

/** The most that the entries of another history may have, in characters of JSON: four times what is read of a journal at once. */
const MAX_ENTRIES_TEXT = 32 * 1024 * 1024;

/** The revision that a new actor with a durable state begins with, as a fork of another. */
export const FIRST_REVISION = 1;

/** What became of a message: it ended, or wants an effect that nothing answers; and the effects that it had until then. */
export interface Ran {
  result: Extract<TurnResult, { kind: "done" | "failed" | "effect" }>;
  answered: AnsweredEffect[];
  wants: WantedEffect | null;
}

/** Another history of an actor than the recorded one, while it is made: from a head on, by the code that runs now. No effect is called. */
export class Alternative {
  /** What the journal would hold after the head that it began at. Each is a value of its own. */
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
   * Begins where `base` is; a turn that was not over there is not part of it. A state of an older version is migrated.
   * @throws GreenroomError `handler_failed` when it cannot be
   */
  constructor(type: ActorType, key: NamedKey<readonly string[]>, base: Head) {
    this.#type = type;
    this.#key = key;
    this.#head = base.seq;
    this.#turnTime = base.turnTime;
    this.#state = atPresent(type, base);
    if (this.#state === undefined || base.version === type.version) return;
    this.#push({ kind: "migrated", from: base.version, to: type.version, state: this.#state });
  }

  /** Its newest entry. */
  get head(): number {
    return this.#head;
  }

  /** Undefined before the first turn. Never changed later. */
  get state(): Json | undefined {
    return this.#state;
  }

  /** The time that its newest turn saw, in milliseconds since 1970; 0 before the first. */
  get turnTime(): number {
    return this.#turnTime;
  }

  /**
   * Runs a message, its effects answered by what the person chose, else by what is recorded under the same name. Unless
   * one is missing, what came of it is added to the history. What it sends and sets is never sent.
   * @param attempt how often it was tried, this time included
   * @throws GreenroomError `payload_too_large` when the history has become too long to be held
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
      const result = found.kind === "diverged" ? unsteady(message) : found;
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

  /** Whether a message becomes an entry: any of a journal; of the history of a durable state those that changed it. */
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
      const most = `${MAX_ENTRIES_TEXT / 1024 / 1024} MB of entries`;
      throw new GreenroomError("payload_too_large", `This makes more than ${most}; go over fewer messages, by "to".`);
    }
    this.#head += 1;
    this.entries.push({ seq: this.#head, at, body: JSON.parse(text) as EntryBody });
  }
}

type Ended = Extract<TurnResult, { kind: "done" | "failed" }>;

/**
 * The state of a head in the version of the code that runs now.
 * @throws GreenroomError `handler_failed` when it is newer than the code, or a migration fails
 */
export function atPresent(type: ActorType, { state, version }: Head): Json | undefined {
  if (state === undefined || version === type.version) return state;
  try {
    return migrate(type, structuredClone(state), version);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GreenroomError("handler_failed", `${type.type} cannot be brought to the present: ${why}.`, undefined, {
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
    throw new GreenroomError("invalid_payload", `The answer of "${name}": ${(error as Error).message}.`);
  }
}

/** Code that asks for other effects each time that it runs. */
function unsteady({ command }: RecordedMessage): Ended {
  const text = `${command} asks for other effects each time that it runs: a handler must do the same for the same message.`;
  return { kind: "failed", error: new GreenroomError("handler_failed", text) };
}
