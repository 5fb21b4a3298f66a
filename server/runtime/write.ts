import type { EntryBody, RecordedSend } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type { Actor, OpenTurn, Write } from "./actor.ts";
import type { MailIds, PlacedReminder } from "./mail.ts";
import type { Outgoing } from "./post.ts";
import type { Verdict } from "./verdict.ts";

/** What a step adds to its actor. Whatever is not given stays as it is. */
export interface Told {
  after?: Json | undefined;
  entries?: readonly EntryBody[];
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
  const { definition, storedVersion, state } = actor;
  const { entries = [], verdict = null, sends = [], reminders = [], open = false } = told;
  const after = "after" in told ? told.after : state;
  const grows = entries.length > 0 || told.changed === true;
  const migrated: EntryBody[] =
    grows && migrations(actor) === 1
      ? [{ kind: "migrated", from: storedVersion, to: definition.version, state: state as Json }]
      : [];
  const head = actor.head + migrated.length + (entries.length > 0 ? entries.length : grows ? 1 : 0);
  const outcome = told.answer?.(head) ?? null;
  const write: Write = {
    actor,
    before: state ?? null,
    after: after ?? null,
    expected: actor.head,
    head,
    entries: [...migrated, ...entries],
    message,
    verdict,
    sends,
    reminders,
    answer: outcome === null ? null : { delivery, outcome },
    open,
    outputs: [],
    broken: false,
  };
  actor.state = after;
  actor.head = head;
  if (grows && after !== undefined) actor.storedVersion = definition.version;
  if (!open) actor.open = null;
  actor.unsettled.push(write);
  return write;
}

/** Entries that a state's migration adds ahead of the next one: one when the stored state is of an older version. */
function migrations({ storedVersion, definition }: Actor): number {
  const isMigrated = storedVersion !== 0 && storedVersion !== definition.version;
  return isMigrated && definition.persistence === "journal" ? 1 : 0;
}

/** What a turn sends, addressed and in its place: the places grow in the order in which turns ran. */
export function toOutgoing(
  { type, keyText }: Actor,
  { message }: OpenTurn,
  sends: readonly RecordedSend[],
  ids: MailIds,
): Outgoing[] {
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
