import type { RecordedSend } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type { Actor, OpenTurn, Write } from "./actor.ts";
import type { MailIds, PlacedReminder } from "./mail.ts";
import { NewEntry } from "./new-entry.ts";
import type { Outgoing } from "./post.ts";
import type { Verdict } from "./verdict.ts";

/** What a step adds to its actor. Whatever is not given stays as it is. */
export interface Told {
  after?: { state: Json; bytes: number };
  entries?: readonly NewEntry[];
  /** Whether the head grows although there are no entries: a durable state that changed. */
  changed?: boolean;
  verdict?: Verdict | null;
  sends?: readonly Outgoing[];
  reminders?: readonly PlacedReminder[];
  answer?: (head: number) => NonNullable<Write["answer"]>["outcome"] | null;
  open?: boolean;
}

/** Makes a write of what a step adds, and brings the actor in memory to where it will be. */
export function makeWrite(actor: Actor, { delivery, message }: OpenTurn, told: Told): Write {
  const { definition, state } = actor;
  const { verdict = null, sends = [], reminders = [], open = false } = told;
  const after = told.after === undefined ? state : told.after.state;
  const bytes = told.after === undefined ? actor.stateBytes : told.after.bytes;
  const grows = told.entries !== undefined || told.changed === true;
  const entries = grows ? [...migration(actor), ...(told.entries ?? [])] : [];
  const head = actor.head + (definition.persistence === "journal" ? entries.length : grows ? 1 : 0);
  const outcome = told.answer?.(head) ?? null;
  const write: Write = {
    actor,
    before: state ?? null,
    after: after ?? null,
    expected: actor.head,
    head,
    bytes,
    entries,
    message,
    verdict,
    sends,
    reminders,
    answer: outcome === null ? null : { delivery, outcome },
    open,
    outputs: [],
    tasks: [],
    broken: false,
  };
  actor.state = after;
  actor.stateBytes = bytes;
  actor.head = head;
  if (grows && after !== undefined) actor.storedVersion = definition.version;
  if (!open) actor.open = null;
  actor.unsettled.push(write);
  return write;
}

/** What a state's migration adds ahead of the next entry, where the stored state is of an older version. */
function migration({ storedVersion: from, definition, state }: Actor): NewEntry[] {
  const isMigrated = from !== 0 && from !== definition.version && definition.persistence === "journal";
  return isMigrated ? [NewEntry.of({ kind: "migrated", from, to: definition.version, state: state as Json })] : [];
}

/** What a turn sends, addressed and in its place: the places grow in the order in which turns ran. */
export function toOutgoing(
  { type, keyText }: Actor,
  { message }: OpenTurn,
  sends: readonly RecordedSend[],
  ids: MailIds,
): Outgoing[] {
  if (sends.length === 0) return [];
  return sends.map((send) => ({
    to: { type: send.type, keyText: send.key, id: null },
    id: ids.next(),
    messageId: send.messageId,
    command: send.command,
    payload: JSON.stringify(send.payload),
    idempotencyKey: null,
    sender: { type, key: keyText, messageId: message.id },
    sentAt: message.now,
  }));
}
