import type { GreenroomError } from "../../core/errors.ts";
import { MAX_STATE } from "../../core/json/size.ts";
import type { LastChange } from "../../protocol/actors.ts";
import type { Actor } from "../actor/actor.ts";
import type { StagedTurn } from "../actor/staged-turn.ts";
import type { BatchRows, EntryRow, ReplyRow, StateRow } from "../ports/commit.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { ActorChange, FailedAttempt } from "../shared/events.ts";
import type { ExternalWrite, Receiver } from "../shared/external-write.ts";
import { Change, type Timing } from "./change.ts";
import { externalRows, mailRows } from "./mail-rows.ts";

/** What a lane commits. */
export type BatchItem = StagedTurn | ExternalWrite;

/** A group commit: its rows, and what its event reports. */
export interface Batch {
  rows: BatchRows;
  /** Set once the commit's duration is known; its entries report it. */
  timing: Timing;
  changes: ActorChange[];
  failures: FailedAttempt[];
  /** Actors whose mailboxes change. */
  mailboxes: Address[];
  /** Turns with an entry that is too large to store. */
  oversize: StagedTurn[];
}

export function isStagedTurn(item: BatchItem): item is StagedTurn {
  return "actor" in item;
}

/**
 * The rows of some items, whose actors all have ids. Several versions of one durable state become one row: the last
 * version, written over the revision before the first. Entries are written one by one.
 */
export function toBatch(
  items: readonly BatchItem[],
  head: Pick<BatchRows, "number" | "at" | "lastMailSeq" | "previousDurationMs">,
): Batch {
  const { at } = head;
  const turns = items.filter(isStagedTurn);
  const writes = items.filter((item): item is ExternalWrite => !isStagedTurn(item));
  const states: StateRow[] = [];
  const entries: EntryRow[] = [];
  const changes: ActorChange[] = [];
  const oversize: StagedTurn[] = [];
  const timing: Timing = { durationMs: undefined };
  for (const own of byActor(turns).values()) {
    const [first, last] = [own[0] as StagedTurn, own.at(-1) as StagedTurn];
    if (last.head === first.expected) continue;
    const large = own.find(isLarge);
    if (large !== undefined) {
      oversize.push(large);
      continue;
    }
    const change = new Change(own, at, timing);
    changes.push(change);
    for (const staged of own) addEntries(entries, staged, at);
    const { persistence } = first.actor.definition;
    if (persistence === "state") states.push(toStateRow(first, last, change.lastChange as LastChange));
  }
  const external = externalRows(writes);
  const mailed = mailRows(turns, external.mails);
  const finished = turns.filter(({ answer }) => answer !== null);
  const replies = [...external.replies, ...finished.flatMap(toReplyRows)];
  const rows = { ...head, turns: finished.length, states, entries, ...external, ...mailed, replies };
  return { rows, timing, changes, failures: failuresOf(turns, at), mailboxes: mailboxesOf(items), oversize };
}

function failuresOf(turns: readonly StagedTurn[], at: number): FailedAttempt[] {
  const failures: FailedAttempt[] = [];
  for (const { actor, message, disposition, head } of turns) {
    if (disposition?.kind !== "dead" && disposition?.kind !== "nack") continue;
    const { type, keyText, definition } = actor;
    const common = { type, keyText, messageId: message.id, command: message.command, head, at };
    if (disposition.kind === "dead") {
      const { title, attempts } = disposition.letter;
      failures.push({ ...common, kind: "dead_letter", attempts, text: title });
    } else if (definition.persistence === "state") {
      const { error, attempts } = disposition.progress;
      const text = error === null ? "" : `${error.name}: ${error.message}`;
      failures.push({ ...common, kind: "retry", attempts, text });
    }
  }
  return failures;
}

function byActor(turns: readonly StagedTurn[]): Map<Actor, StagedTurn[]> {
  const found = new Map<Actor, StagedTurn[]>();
  for (const staged of turns) {
    const own = found.get(staged.actor);
    if (own === undefined) found.set(staged.actor, [staged]);
    else own.push(staged);
  }
  return found;
}

function addEntries(rows: EntryRow[], { actor, afterSeq, entries }: StagedTurn, at: number): void {
  let seq = afterSeq;
  for (const { kind, text } of entries) rows.push({ id: actor.id as ActorId, seq: ++seq, at, kind, body: text });
}

/** Whether an entry is too large to store. A character of JSON has at most three bytes. */
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

/** The reply to store, if the message has an idempotency key and did not fail. */
function toReplyRows({ actor, answer, message }: StagedTurn): ReplyRow[] {
  const { id: messageId, idempotencyKey } = message;
  if (answer === null || isError(answer.outcome) || idempotencyKey === undefined) return [];
  const { delivery, outcome } = answer;
  const { reply, head } = outcome;
  return [{ id: actor.id as ActorId, idempotencyKey, digest: delivery.digest, messageId, reply, head }];
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
    if (isStagedTurn(item) && item.disposition !== null) add(item.actor);
    for (const to of receiversOf(item)) add(to);
  }
  return [...found.values()];
}
