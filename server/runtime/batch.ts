import { changedPaths } from "../core/changes.ts";
import type { GreenroomError } from "../core/errors.ts";
import { jsonBytes, MAX_STATE } from "../core/size.ts";
import { isoTime } from "../core/time.ts";
import type { LastChange } from "../protocol/actors.ts";
import type { Entry } from "../protocol/journal.ts";
import type { Actor, Write } from "./actor.ts";
import { digest } from "./digest.ts";
import type { ActorChange } from "./events.ts";
import { mailRows, postRows } from "./mail-rows.ts";
import type { ActorId, Address, BatchRows, EntryRow, ReplyRow, StateRow } from "./ports.ts";
import type { Post, Receiver } from "./post.ts";

/** What a lane commits: what a turn made, or what came into a mailbox otherwise. */
export type Item = Write | Post;

/** A group commit made ready: the rows, what to tell of them, and the writes with entries that are too large to keep. */
export interface Batch {
  rows: BatchRows;
  changes: ActorChange[];
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
  { number, at, lastMail }: Pick<BatchRows, "number" | "at" | "lastMail">,
): Batch {
  const writes = items.filter(isWrite);
  const posts = items.filter((item): item is Post => !isWrite(item));
  const states: StateRow[] = [];
  const entries: EntryRow[] = [];
  const changes: ActorChange[] = [];
  const oversize: Write[] = [];
  for (const own of byActor(writes).values()) {
    const [first, last] = [own[0] as Write, own.at(-1) as Write];
    const { actor } = first;
    if (last.head === first.expected) continue;
    const state = actor.definition.persistence === "state" ? JSON.stringify(last.after) : null;
    const change = toChange(actor, own, at, state === null ? jsonBytes(last.after) : Buffer.byteLength(state));
    const appended = change.entries.map((entry) => toEntryRow(change.id, entry));
    change.entryBytes = appended.map((row) => Buffer.byteLength(row.body));
    const large = change.entries.find((_, i) => (change.entryBytes[i] ?? 0) > MAX_STATE);
    if (large !== undefined) {
      oversize.push(own.find((write) => write.head >= large.seq) as Write);
      continue;
    }
    entries.push(...appended);
    if (state !== null) states.push(toStateRow(first, last, change.lastChange as LastChange, state));
    changes.push(change);
  }
  const turns = writes.filter((write) => write.answer !== null).length;
  const posted = postRows(posts);
  const mailed = mailRows(writes, posted.mails);
  const replies = [...writes.flatMap(toReply), ...posted.replies];
  const rows = { number, at, lastMail, turns, states, entries, ...posted, ...mailed, replies };
  return { rows, changes, mailboxes: mailboxesOf(items), oversize };
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

function toChange(actor: Actor, own: readonly Write[], at: number, stateBytes: number): ActorChange {
  const last = own.at(-1) as Write;
  const changed = own.findLast((write) => write.before !== write.after);
  return {
    type: actor.type,
    keyText: actor.keyText,
    id: actor.id as ActorId,
    head: last.head,
    state: last.after,
    stateBytes,
    lastChange: changed === undefined ? null : toLastChange(changed),
    entries: own.flatMap(({ expected, entries }) => entries.map((body, i) => ({ seq: expected + i + 1, at, body }))),
    entryBytes: [],
    at,
  };
}

function toEntryRow(id: ActorId, { seq, at, body }: Entry): EntryRow {
  return { id, seq, at, kind: body.kind, body: JSON.stringify(body) };
}

function toStateRow(first: Write, last: Write, lastChange: LastChange, state: string): StateRow {
  return {
    id: last.actor.id as ActorId,
    expected: first.expected,
    revision: last.head,
    state,
    version: last.actor.definition.version,
    lastChange,
    updatedAt: last.message.now,
  };
}

function toLastChange({ message, before, after }: Write): LastChange {
  return { command: message.command, messageId: message.id, at: isoTime(message.now), ...changedPaths(before, after) };
}

function toReply({ actor, answer, message }: Write): ReplyRow[] {
  if (answer === null || isError(answer.outcome) || message.idempotencyKey === undefined) return [];
  const { reply, head } = answer.outcome;
  const { id: messageId, command, payload, idempotencyKey } = message;
  const id = actor.id as ActorId;
  return [{ id, idempotencyKey, digest: digest(command, JSON.stringify(payload)), messageId, reply, head }];
}

function isError(outcome: object): outcome is GreenroomError {
  return outcome instanceof Error;
}

/** The actors to whose mailboxes an item adds. */
export function receiversOf(item: Item): readonly Receiver[] {
  return isWrite(item) ? item.sends.map(({ to }) => to) : [item.to];
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
