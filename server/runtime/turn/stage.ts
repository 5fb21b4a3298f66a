import type { GreenroomError } from "../../core/errors.ts";
import type { Json, RecordedReminder, RecordedSend } from "../../protocol/journal.ts";
import type { Actor } from "../actor/actor.ts";
import type { Delivery } from "../actor/delivery.ts";
import { NewEntry } from "../actor/new-entry.ts";
import type { Disposition, OpenTurn, StagedTurn } from "../actor/staged-turn.ts";
import type { StagedReminder } from "../ports/mail-rows.ts";
import type { Outgoing } from "../shared/external-write.ts";
import type { MailSeqs } from "../shared/mail-seqs.ts";
import { toAnswer } from "./answers.ts";

/** What a step changes. What is left out stays as it is. */
export interface StagedChanges {
  /** The state after a finished turn. */
  after?: { state: Json; bytes: number };
  entries?: readonly NewEntry[];
  /** Whether the head grows without an entry: a durable state that changed. */
  changed?: boolean;
  disposition?: Disposition | null;
  sends?: readonly Outgoing[];
  reminders?: readonly StagedReminder[];
  /** The caller's answer: the reply as JSON text, or an error. */
  outcome?: string | GreenroomError | null;
  open?: boolean;
}

/** Stages what a step changes, and brings the actor in memory to the state after it. */
export function stageTurn(actor: Actor, { delivery, message }: OpenTurn, changes: StagedChanges): StagedTurn {
  const { definition, state } = actor;
  const { entries: own = [], changed = false, outcome = null, after: finished } = changes;
  const after = finished === undefined ? state : finished.state;
  const grows = own.length > 0 || changed;
  const entries = own.length > 0 ? withForeword(actor, own) : own;
  const head = definition.persistence === "journal" ? actor.seq + entries.length : actor.head + (grows ? 1 : 0);
  const staged: StagedTurn = {
    actor,
    before: state ?? null,
    after: after ?? null,
    expected: actor.head,
    head,
    bytes: finished === undefined ? actor.stateBytes : finished.bytes,
    entries,
    afterSeq: actor.seq,
    message,
    turnTime: finished === undefined ? actor.turnTime : message.now,
    disposition: changes.disposition ?? null,
    sends: changes.sends ?? [],
    reminders: changes.reminders ?? [],
    answer: toStagedAnswer(delivery, outcome, head),
    open: changes.open ?? false,
    outputs: [],
    tasks: [],
    broken: false,
  };
  actor.apply(staged, after, grows && after !== undefined ? definition.version : actor.storedVersion);
  return staged;
}

function toStagedAnswer(
  delivery: Delivery,
  outcome: string | GreenroomError | null,
  head: number,
): StagedTurn["answer"] {
  if (outcome === null) return null;
  return { delivery, outcome: typeof outcome === "string" ? toAnswer(delivery, outcome, head) : outcome };
}

/**
 * The entries, after the one that a fold needs first: the state that the turn began with, if changes led to it that are
 * not in entries; or its migration, if the stored state has an older version.
 */
function withForeword(actor: Actor, entries: readonly NewEntry[]): readonly NewEntry[] {
  const { storedVersion: from, head: revision, turnTime, isAhead } = actor;
  const { version } = actor.definition;
  const state = actor.state as Json;
  if (isAhead) return [NewEntry.of({ kind: "adopted", revision, state, version, turnTime }), ...entries];
  if (from === 0 || from === version) return entries;
  return [NewEntry.of({ kind: "migrated", from, to: version, state }), ...entries];
}

/** The messages that a turn sends, numbered in the order in which turns ran. */
export function toOutgoing(
  { type, keyText }: Actor,
  { message }: OpenTurn,
  sends: readonly RecordedSend[],
  mailSeqs: MailSeqs,
): readonly Outgoing[] {
  if (sends.length === 0) return [];
  return sends.map((send) => ({
    to: { type: send.type, keyText: send.key, id: null },
    mailSeq: mailSeqs.next(),
    messageId: send.messageId,
    command: send.command,
    payload: JSON.stringify(send.payload),
    idempotencyKey: null,
    sender: { type, key: keyText, messageId: message.id },
    sentAt: message.now,
  }));
}

/** The reminders that a turn sets, each with a newer generation than all before it. */
export function toStagedReminders(
  reminders: readonly RecordedReminder[],
  mailSeqs: MailSeqs,
): readonly StagedReminder[] {
  if (reminders.length === 0) return [];
  return reminders.map((reminder) => ({ ...reminder, generation: mailSeqs.next() }));
}
