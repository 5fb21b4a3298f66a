import { changedPaths } from "../core/changes.ts";
import type { GreenroomError } from "../core/errors.ts";
import { jsonBytes, MAX_STATE } from "../core/size.ts";
import { isoTime } from "../core/time.ts";
import type { LastChange } from "../protocol/actors.ts";
import type { EntryBody } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type { Actor, Write } from "./actor.ts";
import { digest } from "./digest.ts";
import type { ActorChange, CommittedEntry, FailedAttempt } from "./events.ts";
import { mailRows, postRows } from "./mail-rows.ts";
import type { NewEntry } from "./new-entry.ts";
import type { ActorId, Address, BatchRows, EntryRow, ReplyRow, StateRow } from "./ports.ts";
import type { Post, Receiver } from "./post.ts";

/** What a lane commits: what a turn made, or what came into a mailbox otherwise. */
export type Item = Write | Post;

/** A group commit made ready: the rows, what to tell of them, and the writes with entries that are too large to keep. */
export interface Batch {
  rows: BatchRows;
  /** What its entries tell of it: how long it took, as soon as that is known. */
  timing: Timing;
  changes: ActorChange[];
  failures: FailedAttempt[];
  /** Actors whose mailboxes change. */
  mailboxes: Address[];
  oversize: Write[];
}

interface Timing {
  /** In milliseconds. */
  took: number | undefined;
}

/** Whether a turn made it. */
export function isWrite(item: Item): item is Write {
  return "actor" in item;
}

/**
 * The rows of some items. Several versions of one durable state become the last, written over the revision before the
 * first; entries are kept one by one. All their actors have ids.
 */
export function toBatch(
  items: readonly Item[],
  { number, at, lastMail, previousTook }: Pick<BatchRows, "number" | "at" | "lastMail" | "previousTook">,
): Batch {
  const writes = items.filter(isWrite);
  const posts = items.filter((item): item is Post => !isWrite(item));
  const states: StateRow[] = [];
  const entries: EntryRow[] = [];
  const changes: ActorChange[] = [];
  const oversize: Write[] = [];
  const timing: Timing = { took: undefined };
  for (const own of byActor(writes).values()) {
    const [first, last] = [own[0] as Write, own.at(-1) as Write];
    const { actor } = first;
    if (last.head === first.expected) continue;
    const large = own.find(isLarge);
    if (large !== undefined) {
      oversize.push(large);
      continue;
    }
    const change = new Change(own, at, timing);
    changes.push(change);
    for (const write of own) addEntries(entries, write, at);
    if (actor.definition.persistence === "state") states.push(toStateRow(first, last, change.lastChange as LastChange));
  }
  const posted = postRows(posts);
  const mailed = mailRows(writes, posted.mails);
  const replies: ReplyRow[] = [...posted.replies];
  let turns = 0;
  for (const write of writes) {
    if (write.answer === null) continue;
    turns += 1;
    if (write.message.idempotencyKey !== undefined) replies.push(...toReply(write, write.message.idempotencyKey));
  }
  const rows = { number, at, lastMail, previousTook, turns, states, entries, ...posted, ...mailed, replies };
  return { rows, timing, changes, failures: failuresOf(writes, at), mailboxes: mailboxesOf(items), oversize };
}

function failuresOf(writes: readonly Write[], at: number): FailedAttempt[] {
  const failures: FailedAttempt[] = [];
  for (const { actor, message, verdict, head } of writes) {
    if (verdict?.kind !== "dead" && verdict?.kind !== "nack") continue;
    const { type, keyText, definition } = actor;
    const common = { type, keyText, messageId: message.id, command: message.command, head, at };
    if (verdict.kind === "dead") {
      const { title, attempts } = verdict.letter;
      failures.push({ ...common, kind: "dead_letter", attempts, text: title });
    } else if (definition.persistence === "state") {
      const { error, attempts } = verdict.progress;
      failures.push({
        ...common,
        kind: "retry",
        attempts,
        text: error === null ? "" : `${error.name}: ${error.message}`,
      });
    }
  }
  return failures;
}

function byActor(writes: readonly Write[]): Map<Actor, Write[]> {
  const found = new Map<Actor, Write[]>();
  for (const write of writes) {
    const own = found.get(write.actor);
    if (own === undefined) found.set(write.actor, [write]);
    else own.push(write);
  }
  return found;
}

/** What a batch does to one actor. What is told of it is made when somebody looks at it. */
class Change implements ActorChange {
  readonly at: number;
  readonly #own: readonly Write[];
  readonly #last: Write;
  readonly #timing: Timing;

  constructor(own: readonly Write[], at: number, timing: Timing) {
    this.at = at;
    this.#timing = timing;
    this.#own = own;
    this.#last = own.at(-1) as Write;
  }

  get type(): string {
    return this.#last.actor.type;
  }

  get keyText(): string {
    return this.#last.actor.keyText;
  }

  get id(): ActorId {
    return this.#last.actor.id as ActorId;
  }

  get head(): number {
    return this.#last.head;
  }

  get seq(): number {
    return this.#last.afterSeq + this.#last.entries.length;
  }

  get state(): Json {
    return this.#last.after;
  }

  get stateBytes(): number {
    return this.#last.bytes ?? jsonBytes(this.#last.after);
  }

  get lastChange(): LastChange | null {
    const changed = this.#own.findLast((write) => write.before !== write.after);
    return changed === undefined ? null : toLastChange(changed);
  }

  get entries(): CommittedEntry[] {
    const { at } = this;
    const { took } = this.#timing;
    return this.#own.flatMap(({ afterSeq, entries }) =>
      entries.map((entry, i) => new DurableEntry(afterSeq + i + 1, at, took, entry)),
    );
  }
}

/** An entry whose text is read when somebody looks at it. */
class DurableEntry implements CommittedEntry {
  readonly seq: number;
  readonly at: number;
  readonly took: number | undefined;
  readonly #entry: NewEntry;
  #bytes: number | undefined;

  constructor(seq: number, at: number, took: number | undefined, entry: NewEntry) {
    this.seq = seq;
    this.at = at;
    this.took = took;
    this.#entry = entry;
  }

  get body(): EntryBody {
    return this.#entry.body;
  }

  get kind(): EntryBody["kind"] {
    return this.#entry.kind;
  }

  get bytes(): number {
    this.#bytes ??= Buffer.byteLength(this.#entry.text);
    return this.#bytes;
  }
}

function addEntries(rows: EntryRow[], { actor, afterSeq, entries }: Write, at: number): void {
  let seq = afterSeq;
  for (const { kind, text } of entries) rows.push({ id: actor.id as ActorId, seq: ++seq, at, kind, body: text });
}

/** Whether one of its entries is too large to keep. A character of JSON has at most three bytes. */
function isLarge({ entries }: Write): boolean {
  return entries.some(({ text }) => text.length > MAX_STATE / 3 && Buffer.byteLength(text) > MAX_STATE);
}

function toStateRow(first: Write, last: Write, lastChange: LastChange): StateRow {
  return {
    id: last.actor.id as ActorId,
    expected: first.expected,
    revision: last.head,
    state: JSON.stringify(last.after),
    version: last.actor.definition.version,
    lastChange,
    updatedAt: last.message.now,
  };
}

function toLastChange({ message, before, after }: Write): LastChange {
  return { command: message.command, messageId: message.id, at: isoTime(message.now), ...changedPaths(before, after) };
}

function toReply({ actor, answer, message }: Write, idempotencyKey: string): ReplyRow[] {
  if (answer === null || isError(answer.outcome)) return [];
  const { reply, head } = answer.outcome;
  const { id: messageId, command, payload } = message;
  const id = actor.id as ActorId;
  return [{ id, idempotencyKey, digest: digest(command, JSON.stringify(payload)), messageId, reply, head }];
}

function isError(outcome: object): outcome is GreenroomError {
  return outcome instanceof Error;
}

/** The actors to whose mailboxes an item adds. */
export function receiversOf(item: Item): readonly Receiver[] {
  if (!isWrite(item)) return [item.to];
  return item.sends.length === 0 ? [] : item.sends.map(({ to }) => to);
}

function mailboxesOf(items: readonly Item[]): Address[] {
  const found = new Map<string, Address>();
  const add = ({ type, keyText }: Address) => found.set(`${type}/${keyText}`, { type, keyText });
  for (const item of items) {
    if (!isWrite(item)) add(item.to);
    else {
      if (item.verdict !== null) add(item.actor);
      for (const { to } of item.sends) add(to);
    }
  }
  return [...found.values()];
}
