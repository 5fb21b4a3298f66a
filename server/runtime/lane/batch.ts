import type { GreenroomError } from "../../core/errors.ts";
import { MAX_STATE } from "../../core/json/size.ts";
import type { LastChange } from "../../protocol/actors.ts";
import type { Actor, StagedTurn } from "../actor/actor.ts";
import type { BatchRows, EntryRow, ReplyRow, StateRow } from "../ports/commit.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import { digest } from "../shared/digest.ts";
import type { ActorChange, FailedAttempt } from "../shared/events.ts";
import type { ExternalWrite, Receiver } from "../shared/external-write.ts";
import { Change, type Timing } from "./change.ts";
import { mailRows, postRows } from "./mail-rows.ts";

/** What a lane commits: what a turn made, or what came into a mailbox otherwise. */
export type BatchItem = StagedTurn | ExternalWrite;

/** A group commit made ready: the rows, what to tell of them, and the writes with entries that are too large to keep. */
export interface Batch {
  rows: BatchRows;
  /** What its entries tell of it: how long it took, as soon as that is known. */
  timing: Timing;
  changes: ActorChange[];
  failures: FailedAttempt[];
  /** Actors whose mailboxes change. */
  mailboxes: Address[];
  oversize: StagedTurn[];
}

/** Whether a turn made it. */
export function isStagedTurn(item: BatchItem): item is StagedTurn {
  return "actor" in item;
}

/**
 * The rows of some items. Several versions of one durable state become the last, written over the revision before the
 * first; entries are kept one by one. All their actors have ids.
 */
export function toBatch(
  items: readonly BatchItem[],
  {
    number,
    at,
    lastMailSeq,
    previousDurationMs,
  }: Pick<BatchRows, "number" | "at" | "lastMailSeq" | "previousDurationMs">,
): Batch {
  const writes = items.filter(isStagedTurn);
  const posts = items.filter((item): item is ExternalWrite => !isStagedTurn(item));
  const states: StateRow[] = [];
  const entries: EntryRow[] = [];
  const changes: ActorChange[] = [];
  const oversize: StagedTurn[] = [];
  const timing: Timing = { durationMs: undefined };
  for (const own of byActor(writes).values()) {
    const [first, last] = [own[0] as StagedTurn, own.at(-1) as StagedTurn];
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
  const rows = {
    number,
    at,
    lastMailSeq: lastMailSeq,
    previousDurationMs: previousDurationMs,
    turns,
    states,
    entries,
    ...posted,
    ...mailed,
    replies,
  };
  return { rows, timing, changes, failures: failuresOf(writes, at), mailboxes: mailboxesOf(items), oversize };
}

function failuresOf(writes: readonly StagedTurn[], at: number): FailedAttempt[] {
  const failures: FailedAttempt[] = [];
  for (const { actor, message, disposition, head } of writes) {
    if (disposition?.kind !== "dead" && disposition?.kind !== "nack") continue;
    const { type, keyText, definition } = actor;
    const common = { type, keyText, messageId: message.id, command: message.command, head, at };
    if (disposition.kind === "dead") {
      const { title, attempts } = disposition.letter;
      failures.push({ ...common, kind: "dead_letter", attempts, text: title });
    } else if (definition.persistence === "state") {
      const { error, attempts } = disposition.progress;
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

function byActor(writes: readonly StagedTurn[]): Map<Actor, StagedTurn[]> {
  const found = new Map<Actor, StagedTurn[]>();
  for (const write of writes) {
    const own = found.get(write.actor);
    if (own === undefined) found.set(write.actor, [write]);
    else own.push(write);
  }
  return found;
}

function addEntries(rows: EntryRow[], { actor, afterSeq, entries }: StagedTurn, at: number): void {
  let seq = afterSeq;
  for (const { kind, text } of entries) rows.push({ id: actor.id as ActorId, seq: ++seq, at, kind, body: text });
}

/** Whether one of its entries is too large to keep. A character of JSON has at most three bytes. */
function isLarge({ entries }: StagedTurn): boolean {
  return entries.some(({ text }) => text.length > MAX_STATE / 3 && Buffer.byteLength(text) > MAX_STATE);
}

function toStateRow(first: StagedTurn, last: StagedTurn, lastChange: LastChange): StateRow {
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

function toReply({ actor, answer, message }: StagedTurn, idempotencyKey: string): ReplyRow[] {
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
export function receiversOf(item: BatchItem): readonly Receiver[] {
  if (!isStagedTurn(item)) return [item.to];
  return item.sends.length === 0 ? [] : item.sends.map(({ to }) => to);
}

function mailboxesOf(items: readonly BatchItem[]): Address[] {
  const found = new Map<string, Address>();
  const add = ({ type, keyText }: Address) => found.set(`${type}/${keyText}`, { type, keyText });
  for (const item of items) {
    if (!isStagedTurn(item)) add(item.to);
    else {
      if (item.disposition !== null) add(item.actor);
      for (const { to } of item.sends) add(to);
    }
  }
  return [...found.values()];
}
