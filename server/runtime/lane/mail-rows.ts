import type { StagedTurn } from "../actor/staged-turn.ts";
import type { BatchRows, ReplyRow } from "../ports/commit.ts";
import type { ActorId } from "../ports/ids.ts";
import type { MailRow, ReminderRow } from "../ports/mail-rows.ts";
import type { MailChange } from "../shared/events.ts";
import type { ExternalWrite, Outgoing } from "../shared/external-write.ts";

/** The rows of external writes. */
export function externalRows(
  writes: readonly ExternalWrite[],
): Pick<BatchRows, "firings" | "redrives"> & { mails: MailRow[]; replies: ReplyRow[] } {
  const mails: MailRow[] = [];
  const replies: ReplyRow[] = [];
  const firings: BatchRows["firings"][number][] = [];
  const redrives: BatchRows["redrives"][number][] = [];
  for (const write of writes) {
    const { mailSeq } = write;
    if (write.kind === "firing") {
      const { name, generation, messageId, next } = write;
      firings.push({ actor: write.to.id as ActorId, name, generation, messageId, next, mailSeq });
    } else if (write.kind === "redrive") {
      redrives.push({ messageId: write.messageId, job: write.job, mailSeq });
    } else {
      mails.push(toMailRow(write.mail, null));
      replies.push(...toPendingReply(write));
    }
  }
  return { mails, replies, firings, redrives };
}

/** Reserves a queued message's idempotency key. Its turn adds the reply. */
function toPendingReply({ to, mail, digest }: Extract<ExternalWrite, { kind: "tell" }>): ReplyRow[] {
  const { idempotencyKey, messageId } = mail;
  if (idempotencyKey === null || digest === null) return [];
  return [{ id: to.id as ActorId, idempotencyKey, digest, messageId, reply: null, head: 0 }];
}

/** The rows that turns write to mailboxes and reminders, their own and others'. */
export function mailRows(
  turns: readonly StagedTurn[],
  external: readonly MailRow[],
): Pick<BatchRows, "mails" | "acks" | "nacks" | "dead" | "reminders" | "cancelled"> {
  const mails: MailRow[] = [...external];
  const acks: BatchRows["acks"][number][] = [];
  const nacks: BatchRows["nacks"][number][] = [];
  const dead: BatchRows["dead"][number][] = [];
  for (const { actor, message, disposition, sends, head } of turns) {
    const own = { actor: actor.id as ActorId };
    for (const mail of sends) mails.push(toMailRow(mail, { ...own, command: message.command }));
    if (disposition === null) continue;
    if (disposition.kind === "enter") mails.push({ ...disposition.mail, to: own.actor, from: null });
    else if (disposition.kind === "ack") acks.push({ ...own, mailSeq: disposition.mailSeq });
    else if (disposition.kind === "dead") {
      dead.push({
        ...own,
        mailSeq: disposition.mailSeq,
        ...toLetter(disposition.letter),
        head,
        code: actor.definition.code,
      });
    } else nacks.push({ ...own, mailSeq: disposition.mailSeq, ...disposition.progress });
  }
  return { mails, acks, nacks, dead, ...reminderRows(turns) };
}

function toLetter({
  id: fingerprint,
  ...letter
}: Extract<NonNullable<StagedTurn["disposition"]>, { kind: "dead" }>["letter"]) {
  return { ...letter, fingerprint };
}

function toMailRow({ to, ...mail }: Outgoing, from: MailRow["from"]): MailRow {
  return { ...mail, to: to.id as ActorId, from };
}

/** The last change to each reminder. */
function reminderRows(turns: readonly StagedTurn[]): Pick<BatchRows, "reminders" | "cancelled"> {
  const reminders = new Map<string, ReminderRow>();
  const cancelled = new Map<string, { actor: ActorId; name: string }>();
  for (const {
    actor: { id },
    reminders: changed,
  } of turns) {
    const actor = id as ActorId;
    for (const { name, generation, set } of changed) {
      const own = `${actor}/${name}`;
      reminders.delete(own);
      cancelled.delete(own);
      if (set === null) cancelled.set(own, { actor, name });
      else reminders.set(own, { actor, name, ...set, payload: JSON.stringify(set.payload), generation });
    }
  }
  return { reminders: [...reminders.values()], cancelled: [...cancelled.values()] };
}

/**
 * How a batch changes the numbers of waiting and dead messages. With firings and redrives the change is not exact: only the
 * store knows whether a reminder was cancelled, or a redrive stopped, meanwhile.
 */
export function mailChange({ mails, firings, redrives, acks, dead }: BatchRows): MailChange {
  return {
    waiting: mails.length + firings.length + redrives.length - acks.length - dead.length,
    dead: dead.length - redrives.length,
    isExact: firings.length === 0 && redrives.length === 0,
  };
}
