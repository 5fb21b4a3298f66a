import type { GreenroomError } from "../../core/errors.ts";
import { MAX_STATE } from "../../core/json/size.ts";
import type { LastChange } from "../../protocol/actors.ts";
import type { Actor, Write } from "../actor/actor.ts";
import type { BatchRows, EntryRow, ReplyRow, StateRow } from "../ports/commit.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import { digest } from "../shared/digest.ts";
import type { ActorChange, FailedAttempt } from "../shared/events.ts";
import type { Post, Receiver } from "../shared/external-write.ts";
import { Change, type Timing } from "./change.ts";
import { mailRows, postRows } from "./mail-rows.ts";

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
