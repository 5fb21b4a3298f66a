import type { RecordedReminder, RecordedSend } from "../../protocol/journal.ts";
import type { Contract } from "../define/contract.ts";
import { checkKey, encodeKey } from "../define/keys.ts";
import { parseCommand } from "../define/payload.ts";
import { GreenroomError } from "../errors.ts";
import { seededRandom, uuidFrom } from "../random.ts";
import { type Duration, durationMs, isoTime } from "../time.ts";

/** Maximum number of messages that one turn can send. */
export const MAX_SENDS = 1_000;
/** Maximum number of reminders that one turn can set or cancel. */
const MAX_REMINDERS = 100;
/** Maximum length of a reminder's name, in characters. */
const MAX_NAME = 256;
/** Minimum interval of a repeating reminder, in milliseconds. */
const MIN_EVERY_MS = 1_000;

/** The latest time that people, JavaScript and Postgres can all write. */
const MAX_AT = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * When a reminder is due: at a time (ISO, UTC, like `c.now`), once after a duration, or repeatedly at an interval, the
 * first time after one interval.
 */
export type When = { at: string } | { after: Duration } | { every: Duration };

/**
 * The messages and reminders of a turn. Each is checked when the handler asks for it, and leaves when the turn commits.
 */
export class Outbox {
  readonly sends: RecordedSend[] = [];
  readonly reminders: RecordedReminder[] = [];
  readonly #messageId: string;
  readonly #now: number;
  readonly #own: Contract;

  /** @param now the turn's time, in milliseconds since 1970 */
  constructor(messageId: string, now: number, own: Contract) {
    this.#messageId = messageId;
    this.#now = now;
    this.#own = own;
  }

  send(to: Contract, key: readonly string[], command: string, payload: unknown): void {
    if (this.sends.length === MAX_SENDS) throw tooMany(`A turn can send at most ${MAX_SENDS} messages`);
    checkKey(key, to.key);
    const value = parseCommand(to, command, payload);
    const messageId = sentId(this.#messageId, this.sends.length);
    this.sends.push({ messageId, type: to.type, key: encodeKey(key), command, payload: value });
  }

  remind(name: string, when: When, command: string, payload: unknown): void {
    this.#admit(name);
    const every = "every" in when ? durationMs(when.every) : null;
    if (every !== null && every < MIN_EVERY_MS)
      throw new TypeError(`A reminder's interval must be at least ${MIN_EVERY_MS} ms.`);
    const value = parseCommand(this.#own, command, payload);
    this.reminders.push({ name, set: { at: dueAt(when, this.#now), every, command, payload: value } });
  }

  cancelReminder(name: string): void {
    this.#admit(name);
    this.reminders.push({ name, set: null });
  }

  #admit(name: string): void {
    if (this.reminders.length === MAX_REMINDERS) throw tooMany(`A turn can set at most ${MAX_REMINDERS} reminders`);
    if (typeof name === "string" && /^[\x21-\x7e][\x20-\x7e]*$/.test(name) && name.length <= MAX_NAME) return;
    throw new TypeError(`A reminder's name must be printable ASCII of at most ${MAX_NAME} characters.`);
  }
}

/** The id of the `n`th message (from 0) that the turn of a message sends. */
export function sentId(messageId: string, n: number): string {
  return uuidFrom(seededRandom(`${messageId}/${n}`));
}

function dueAt(when: When, now: number): number {
  const at = "at" in when ? parseTime(when.at) : now + durationMs("after" in when ? when.after : when.every);
  if (at > MAX_AT) throw new TypeError("A reminder cannot be due after the year 9999.");
  return at;
}

/** Only UTC is accepted: without a zone, the time would depend on the machine. */
function parseTime(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  // `Date.parse` reads February 30 as a day in March.
  if (Number.isNaN(at) || isoTime(at).slice(0, 19) !== text.slice(0, 19)) {
    throw new TypeError(`"${text}" is not a time such as 2026-01-31T09:00:00Z.`);
  }
  return at;
}

function tooMany(what: string): GreenroomError {
  return new GreenroomError("overloaded", `${what}; send the rest from a later turn, for instance to yourself.`);
}
