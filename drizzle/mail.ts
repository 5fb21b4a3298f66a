import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

const time = (name: string) => timestamp(name, { withTimezone: true });

/**
 * The mailboxes: messages that wait or are being processed, in order of `mail_seq`. The commit of a message's turn
 * deletes its row. `started` is true while an attempt may be running: after a crash, that message may have caused it.
 */
export const mailbox = pgTable(
  "mailbox",
  {
    actorId: bigint("actor_id", { mode: "number" }).notNull(),
    mailSeq: bigint("mail_seq", { mode: "number" }).notNull(),
    messageId: uuid("message_id").notNull(),
    command: text("command").notNull(),
    payload: json("payload").notNull(),
    bytes: integer("bytes").notNull(),
    idempotencyKey: text("idempotency_key"),
    sender: json("sender"),
    sentAt: time("sent_at").notNull(),
    attempts: smallint("attempts").notNull(),
    attemptsBefore: smallint("attempts_before").notNull(),
    started: boolean("started").notNull(),
    nextAt: time("next_at"),
    error: json("error"),
    effects: json("effects"),
  },
  (t) => [primaryKey({ columns: [t.actorId, t.mailSeq] })],
);

/** Dead letters. `head` is the actor's head at the time, `redrive` the job that the letter belongs to. */
export const deadLetter = pgTable(
  "dead_letter",
  {
    messageId: uuid("message_id").primaryKey(),
    actorId: bigint("actor_id", { mode: "number" }).notNull(),
    command: text("command").notNull(),
    payload: json("payload").notNull(),
    bytes: integer("bytes").notNull(),
    idempotencyKey: text("idempotency_key"),
    sender: json("sender"),
    sentAt: time("sent_at").notNull(),
    attempts: smallint("attempts").notNull(),
    error: json("error").notNull(),
    effects: json("effects"),
    fingerprint: text("fingerprint").notNull(),
    title: text("title").notNull(),
    head: bigint("head", { mode: "number" }).notNull(),
    code: text("code").notNull(),
    at: time("at").notNull(),
    redrive: uuid("redrive"),
  },
  (t) => [
    index("dead_letter_group").on(t.fingerprint, t.at, t.messageId),
    index("dead_letter_at").on(t.at, t.messageId),
    index("dead_letter_actor").on(t.actorId, t.at),
    index("dead_letter_redrive").on(t.redrive, t.messageId).where(sql`${t.redrive} IS NOT NULL`),
  ],
);

/**
 * The messages that turns sent, with their causes, which are otherwise unknown for an actor without a journal. They are
 * pruned with the replies.
 */
export const sent = pgTable(
  "sent",
  {
    messageId: uuid("message_id").primaryKey(),
    cause: uuid("cause").notNull(),
    causeCommand: text("cause_command").notNull(),
    sender: bigint("sender", { mode: "number" }).notNull(),
    receiver: bigint("receiver", { mode: "number" }).notNull(),
    command: text("command").notNull(),
    at: time("at").notNull(),
  },
  (t) => [index("sent_at").using("brin", t.at).with({ autosummarize: true, pages_per_range: 32 })],
);

/**
 * Jobs that put the dead letters that they selected at their start back into the mailboxes. `trial` is the letter tried
 * first, `error` why it failed.
 */
export const redrive = pgTable(
  "redrive",
  {
    id: uuid("id").primaryKey(),
    state: text("state").notNull(),
    total: integer("total").notNull(),
    moved: integer("moved").notNull(),
    startedAt: time("started_at").notNull(),
    endedAt: time("ended_at"),
    trial: uuid("trial"),
    trialActor: bigint("trial_actor", { mode: "number" }),
    trialMailSeq: bigint("trial_mail_seq", { mode: "number" }),
    error: json("error"),
  },
  (t) => [index("redrive_started").on(t.startedAt)],
);

/** Durable timers, by actor and name. Setting one increases `generation`, so that a late firing is recognized. */
export const reminder = pgTable(
  "reminder",
  {
    actorId: bigint("actor_id", { mode: "number" }).notNull(),
    name: text("name").notNull(),
    generation: bigint("generation", { mode: "number" }).notNull(),
    at: time("at").notNull(),
    everyMs: bigint("every_ms", { mode: "number" }),
    command: text("command").notNull(),
    payload: json("payload").notNull(),
    bytes: integer("bytes").notNull(),
  },
  (t) => [primaryKey({ columns: [t.actorId, t.name] }), index("reminder_at").on(t.at, t.actorId, t.name)],
);
