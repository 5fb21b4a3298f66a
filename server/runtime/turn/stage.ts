import type { GreenroomError } from "../../core/errors.ts";
import type { RecordedReminder, RecordedSend } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { Actor, OpenTurn, StagedTurn } from "../actor/actor.ts";
import type { Delivery } from "../actor/delivery.ts";
import { NewEntry } from "../actor/new-entry.ts";
import type { StagedReminder } from "../ports/mail-rows.ts";
import type { Outgoing } from "../shared/external-write.ts";
import type { MailSeqs } from "../shared/mail-seqs.ts";
import { toAnswer } from "./answers.ts";
import type { Disposition } from "./disposition.ts";

/** What a step adds to its actor. Whatever is not given stays as it is. */
export interface StagedChanges {
  /** Of a turn that is over. */
  after?: { state: Json; bytes: number };
  entries?: readonly NewEntry[];
  /** Whether the head grows although there are no entries: a durable state that changed. */
  changed?: boolean;
  disposition?: Disposition | null;
  sends?: readonly Outgoing[];
  reminders?: readonly StagedReminder[];
  /** What its caller is answered: the reply, as JSON text, or an error. */
  outcome?: string | GreenroomError | null;
  open?: boolean;
}

/** Makes a write of what a step adds, and brings the actor in memory to where it will be. */
export function stageTurn(actor: Actor, { delivery, message }: OpenTurn, told: StagedChanges): StagedTurn {
  const { definition, state } = actor;
  const { disposition = null, sends = [], reminders = [], outcome = null, open = false } = told;
  const after = told.after === undefined ? state : told.after.state;
  const bytes = told.after === undefined ? actor.stateBytes : told.after.bytes;
  const turnTime = told.after === undefined ? actor.turnTime : message.now;
  const { entries: own = [], changed = false } = told;
  const grows = own.length > 0 || changed;
  const entries = own.length > 0 ? withForeword(actor, own) : own;
  const seq = actor.seq + entries.length;
  const head = definition.persistence === "journal" ? seq : actor.head + (grows ? 1 : 0);
  const write: StagedTurn = {
    actor,
    before: state ?? null,
    after: after ?? null,
    expected: actor.head,
    head,
    bytes,
    entries,
    afterSeq: actor.seq,
    message,
    turnTime,
    disposition,
    sends,
    reminders,
    answer: toWriteAnswer(delivery, outcome, head),
    open,
    outputs: [],
    tasks: [],
    broken: false,
  };
  actor.state = after;
  actor.stateBytes = bytes;
  actor.turnTime = turnTime;
  actor.head = head;
  if (definition.persistence === "state") actor.historySeq = seq;
  if (entries.length > 0) actor.isAhead = false;
  if (grows && after !== undefined) actor.storedVersion = definition.version;
  if (!open) actor.open = null;
  actor.unsettled.push(write);
  return write;
}

function toWriteAnswer(
  delivery: Delivery,
  outcome: string | GreenroomError | null,
  head: number,
): StagedTurn["answer"] {
  if (outcome === null) return null;
  return { delivery, outcome: typeof outcome === "string" ? toAnswer(delivery, outcome, head) : outcome };
}

/**
 * What must be said ahead of an actor's next entry, so that folds go on from the state that the turn began with: that state,
 * where changes led to it which were not kept; or its migration, where the stored one is of an older version.
 */
function withForeword(actor: Actor, entries: readonly NewEntry[]): readonly NewEntry[] {
  const { storedVersion: from, head: revision, turnTime, isAhead } = actor;
  const { version } = actor.definition;
  const state = actor.state as Json;
  if (isAhead) return [NewEntry.of({ kind: "adopted", revision, state, version, turnTime }), ...entries];
  if (from === 0 || from === version) return entries;
  return [NewEntry.of({ kind: "migrated", from, to: version, state }), ...entries];
}

/** What a turn sends, addressed and in its place: the places grow in the order in which turns ran. */
export function toOutgoing(
  { type, keyText }: Actor,
  { message }: OpenTurn,
  sends: readonly RecordedSend[],
  ids: MailSeqs,
): readonly Outgoing[] {
  if (sends.length === 0) return [];
  return sends.map((send) => ({
    to: { type: send.type, keyText: send.key, id: null },
    mailSeq: ids.next(),
    messageId: send.messageId,
    command: send.command,
    payload: JSON.stringify(send.payload),
    idempotencyKey: null,
    sender: { type, key: keyText, messageId: message.id },
    sentAt: message.now,
  }));
}

/** What reminders a turn sets, each newer than all before it. */
export function toStagedReminders(reminders: readonly RecordedReminder[], ids: MailSeqs): readonly StagedReminder[] {
  if (reminders.length === 0) return [];
  return reminders.map((reminder) => ({ ...reminder, generation: ids.next() }));
}
