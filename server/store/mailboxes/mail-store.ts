import type { Pool } from "pg";
import type { MailStore } from "../../runtime/ports/mailboxes.ts";
import { reachable } from "../connection.ts";
import { countMail, deadLetterGroups, deadLetters } from "./dead-letters.ts";
import { dueReminders, heads, mailbox, mailboxDepth, mails, nextReminder, reminders, withMail } from "./mailbox.ts";
import {
  beginTrial,
  openRedrives,
  passTrial,
  redrive,
  redriveLetters,
  redriveMoved,
  redrives,
  startRedrive,
  trial,
} from "./redrives.ts";

/** The part of the store that reads mailboxes, dead letters and reminders. */
export function mailStore(pool: Pool): MailStore {
  return {
    heads: (wanted, limit, bytes) => reachable(() => heads(pool, wanted, limit, bytes)),
    mails: (wanted) => reachable(() => mails(pool, wanted)),
    withMail: (after, limit) => reachable(() => withMail(pool, after, limit)),
    dueReminders: (now, limit) => reachable(() => dueReminders(pool, now, limit)),
    nextReminder: () => reachable(() => nextReminder(pool)),
    startRedrive: (id, selection, now) => reachable(() => startRedrive(pool, id, selection, now)),
    redriveLetters: (job, limit) => reachable(() => redriveLetters(pool, job, limit)),
    redriveMoved: (job, ended, now) => reachable(() => redriveMoved(pool, job, ended, now)),
    beginTrial: (job, messageId, place) => reachable(() => beginTrial(pool, job, messageId, place)),
    trial: (job) => reachable(() => trial(pool, job)),
    passTrial: (job) => reachable(() => passTrial(pool, job)),
    redrives: (limit) => reachable(() => redrives(pool, limit)),
    openRedrives: () => reachable(() => openRedrives(pool)),
    redrive: (id) => reachable(() => redrive(pool, id)),
    mailbox: (id, after, limit) => reachable(() => mailbox(pool, id, after, limit)),
    mailboxDepth: (id, most) => reachable(() => mailboxDepth(pool, id, most)),
    reminders: (id, limit) => reachable(() => reminders(pool, id, limit)),
    deadLetters: (request, limit) => reachable(() => deadLetters(pool, request, limit)),
    deadLetterGroups: (limit, most) => reachable(() => deadLetterGroups(pool, limit, most)),
    countMail: () => reachable(() => countMail(pool)),
  };
}
