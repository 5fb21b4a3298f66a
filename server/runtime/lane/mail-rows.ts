import type { StagedTurn } from "../actor/actor.ts";
import type { BatchRows, ReplyRow } from "../ports/commit.ts";
import type { ActorId } from "../ports/ids.ts";
import type { MailRow, ReminderRow } from "../ports/mail-rows.ts";
import type { ExternalWrite, Outgoing } from "../shared/external-write.ts";

/** The rows of what came into mailboxes from outside of turns. */
export function postRows(
  posts: readonly ExternalWrite[],
): Pick<BatchRows, "firings" | "redrives"> & { mails: MailRow[]; replies: ReplyRow[] } {
  const rows: ReturnType<typeof postRows> = { mails: [], replies: [], firings: [], redrives: [] };
  const firings: BatchRows["firings"][number][] = [];
  const redrives: BatchRows["redrives"][number][] = [];
  for (const post of posts) {
    const { mailSeq } = post;
    if (post.kind === "firing") {
      const { name, generation, messageId, next } = post;
      firings.push({ actor: post.to.id as ActorId, name, generation, messageId, next, mailSeq });
    } else if (post.kind === "redrive") {
      redrives.push({ messageId: post.messageId, job: post.job, mailSeq });
    } else {
      rows.mails.push(toMailRow(post.mail, null));
      rows.replies.push(...toPendingReply(post));
    }
  }
  return { ...rows, firings, redrives };
}

/** A message's key is taken from the moment that a mailbox holds it; the reply follows with its turn. */
function toPendingReply({ to, mail, digest }: Extract<ExternalWrite, { kind: "tell" }>): ReplyRow[] {
  const { idempotencyKey, messageId } = mail;
  if (idempotencyKey === null || digest === null) return [];
  return [{ id: to.id as ActorId, idempotencyKey, digest, messageId, reply: null, head: 0 }];
}

/** What turns do to mailboxes and reminders, their own and others'. */
export function mailRows(
  writes: readonly StagedTurn[],
  posted: readonly MailRow[],
): Pick<BatchRows, "mails" | "acks" | "nacks" | "dead" | "reminders" | "cancelled"> {
  const mails: MailRow[] = [...posted];
  const acks: BatchRows["acks"][number][] = [];
  const nacks: BatchRows["nacks"][number][] = [];
  const dead: BatchRows["dead"][number][] = [];
  for (const { actor, message, disposition, sends, head } of writes) {
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
  return { mails, acks, nacks, dead, ...reminderRows(writes) };
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

/** Of each reminder the last word counts. */
function reminderRows(writes: readonly StagedTurn[]): Pick<BatchRows, "reminders" | "cancelled"> {
  const reminders = new Map<string, ReminderRow>();
  const cancelled = new Map<string, { actor: ActorId; name: string }>();
  for (const write of writes) {
    const actor = write.actor.id as ActorId;
    for (const { name, generation, set } of write.reminders) {
      const own = `${actor}/${name}`;
      reminders.delete(own);
      cancelled.delete(own);
      if (set === null) cancelled.set(own, { actor, name });
      else reminders.set(own, { actor, name, ...set, payload: JSON.stringify(set.payload), generation });
    }
  }
  return { reminders: [...reminders.values()], cancelled: [...cancelled.values()] };
}
