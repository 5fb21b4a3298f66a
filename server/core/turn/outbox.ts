import type { RecordedReminder, RecordedSend } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { Contract, Schemas } from "../define/contract.ts";
import { checkKey, encodeKey } from "../define/keys.ts";
import { parsePayload } from "../define/payload.ts";
import { type Duration, durationMs } from "../duration.ts";
import { GreenroomError } from "../errors.ts";
import { seededRandom, uuidFrom } from "../random.ts";
import { isoTime } from "../time.ts";

/** The most messages that one turn may send. */
export const MAX_SENDS = 1_000;
/** The most reminders that one turn may set or cancel. */
const MAX_REMINDERS = 100;
/** The longest name of a reminder, in characters. */
const MAX_NAME = 256;
/** The shortest time between two of a repeated reminder, in milliseconds. */
const MIN_EVERY_MS = 1_000;

/** The latest time of a reminder: what people, JavaScript and Postgres all can write. */
const MAX_AT = Date.parse("9999-12-31T23:59:59.999Z");

/** When a reminder comes: at a time (ISO, UTC, as `c.now` is), after a while, or every so often, first after that while. */
export type When = { at: string } | { after: Duration } | { every: Duration };

/** What a turn sends and sets. Each is checked when it is asked for, and leaves with the turn's commit. */
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

  /** See `TurnContext.send`. */
  send({ type, key: names, commands }: Contract, key: readonly string[], command: string, payload: unknown): void {
    if (this.sends.length === MAX_SENDS) throw tooMany(`A turn may send ${MAX_SENDS} messages`);
    checkKey(key, names);
    const value = parsed(type, commands, command, payload);
    const messageId = sentId(this.#messageId, this.sends.length);
    this.sends.push({ messageId, type, key: encodeKey(key), command, payload: value });
  }

  /** See `TurnContext.remind`. */
  remind(name: string, when: When, command: string, payload: unknown): void {
    this.#admit(name);
    const every = "every" in when ? durationMs(when.every) : null;
    if (every !== null && every < MIN_EVERY_MS)
      throw new TypeError(`A reminder comes every ${MIN_EVERY_MS} ms at most.`);
    const value = parsed(this.#own.type, this.#own.commands, command, payload);
    this.reminders.push({ name, set: { at: dueAt(when, this.#now), every, command, payload: value } });
  }

  /** See `TurnContext.cancelReminder`. */
  cancelReminder(name: string): void {
    this.#admit(name);
    this.reminders.push({ name, set: null });
  }

  #admit(name: string): void {
    if (this.reminders.length === MAX_REMINDERS) throw tooMany(`A turn may set ${MAX_REMINDERS} reminders`);
    if (typeof name === "string" && /^[\x21-\x7e][\x20-\x7e]*$/.test(name) && name.length <= MAX_NAME) return;
    throw new TypeError(`A reminder's name is printable ASCII, at most ${MAX_NAME} characters.`);
  }
}

/** The id of the `n`th message, from 0, that the turn of a message sends. */
export function sentId(messageId: string, n: number): string {
  return uuidFrom(seededRandom(`${messageId}/${n}`));
}

function parsed(type: string, commands: Schemas, command: string, payload: unknown): Json {
  const schema = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (schema === undefined) throw new GreenroomError("unknown_command", `${type} has no command "${command}".`);
  return parsePayload(schema, payload, `${type}.${command}`).value;
}

function dueAt(when: When, now: number): number {
  const at = "at" in when ? parseTime(when.at) : now + durationMs("after" in when ? when.after : when.every);
  if (at > MAX_AT) throw new TypeError("A reminder comes in the year 9999 at the latest.");
  return at;
}

/** A time that says its zone: others would be other times on other machines. */
function parseTime(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  // The 30th of February would be taken for a day in March.
  if (Number.isNaN(at) || isoTime(at).slice(0, 19) !== text.slice(0, 19)) {
    throw new TypeError(`"${text}" is not a time such as 2026-01-31T09:00:00Z.`);
  }
  return at;
}

function tooMany(what: string): GreenroomError {
  return new GreenroomError("overloaded", `${what}; send the rest from a later turn, for instance to yourself.`);
}
