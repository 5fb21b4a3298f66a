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
  unique,
  uuid,
} from "drizzle-orm/pg-core";

const time = (name: string) => timestamp(name, { withTimezone: true });

/** Who may write: one row per node. `epoch` grows with every takeover; the lease lapses by the database's clock. */
export const node = pgTable("node", {
  id: smallint("id").primaryKey(),
  owner: uuid("owner").notNull(),
  /** Where people find it. */
  location: text("location").notNull().default(""),
  epoch: bigint("epoch", { mode: "number" }).notNull(),
  since: time("since").notNull(),
  leaseUntil: time("lease_until").notNull(),
  /** Given back by a node that stopped, with all its work done. */
  released: boolean("released").notNull().default(false),
});

/** A node's commit lines. Every group commit begins by updating its lane's row: the fence, and the witness. */
export const lane = pgTable(
  "lane",
  {
    node: smallint("node").notNull(),
    lane: smallint("lane").notNull(),
    epoch: bigint("epoch", { mode: "number" }).notNull(),
    batch: bigint("batch", { mode: "number" }).notNull(),
    /** The highest `mail_seq` that the node had assigned when it made the batch. */
    lastMailSeq: bigint("last_mail_seq", { mode: "number" }).notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.node, t.lane] })],
);

/** One row per group commit. Ids are not commit order, so cursors over several actors are made of lane and batch. */
export const commit = pgTable(
  "commit",
  {
    lane: smallint("lane").notNull(),
    batch: bigint("batch", { mode: "number" }).notNull(),
    epoch: bigint("epoch", { mode: "number" }).notNull(),
    at: time("at").notNull(),
    turns: integer("turns").notNull(),
    states: integer("states").notNull(),
    entries: integer("entries").notNull(),
    replies: integer("replies").notNull(),
    /** How long the lane's commit before this one took, in milliseconds: its own is not over when this row is written. */
    previousDurationMs: integer("previous_duration_ms"),
  },
  (t) => [primaryKey({ columns: [t.lane, t.batch] })],
);

/** An actor's name and its surrogate id. `key` is the key's text form. Not updated by turns. */
export const actor = pgTable(
  "actor",
  {
    id: bigint("id", { mode: "number" }).generatedAlwaysAsIdentity().primaryKey(),
    type: text("type").notNull(),
    key: text("key").notNull(),
    createdAt: time("created_at").notNull(),
    lastActiveAt: time("last_active_at").notNull(),
  },
  (t) => [
    unique("actor_type_key").on(t.type, t.key),
    index("actor_activity").on(t.lastActiveAt, t.id),
    index("actor_type_activity").on(t.type, t.lastActiveAt, t.id),
    /** What the ids of messages say of the actor that they are for. */
    index("actor_mark").on(sql`left(md5(${t.type} || '/' || ${t.key}), 8)`),
    index("actor_type_id").on(t.type, t.id),
    index("actor_key").on(t.key, t.type),
    // And `actor_key_trigrams` on parts of keys, where Postgres has `pg_trgm`: see the migration that makes it.
  ],
);

/** The durable state of an actor: one row, replaced with every change. `json` keeps key order and text. */
export const durableState = pgTable("durable_state", {
  actorId: bigint("actor_id", { mode: "number" }).primaryKey(),
  revision: bigint("revision", { mode: "number" }).notNull(),
  state: json("state").notNull(),
  version: integer("version").notNull(),
  lastChange: json("last_change").notNull(),
  updatedAt: time("updated_at").notNull(),
  lane: smallint("lane").notNull(),
  batch: bigint("batch", { mode: "number" }).notNull(),
});

/** The journal: what happened to each actor, numbered by `seq` from 1 without gaps. Only ever appended to. */
export const entry = pgTable(
  "entry",
  {
    actorId: bigint("actor_id", { mode: "number" }).notNull(),
    seq: bigint("seq", { mode: "number" }).notNull(),
    kind: text("kind").notNull(),
    at: time("at").notNull(),
    lane: smallint("lane").notNull(),
    batch: bigint("batch", { mode: "number" }).notNull(),
    body: json("body").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.actorId, t.seq] }),
    index("entry_failed").on(t.actorId, t.seq).where(sql`${t.kind} = 'attempt_failed'`),
    /** What was appended in a stretch of time, whoever's it is: entries of one time lie together. */
    index("entry_at").using("brin", t.at).with({ autosummarize: true, pages_per_range: 32 }),
  ],
);

/** Whole states at one seq, with a checksum over the stored text. Written beside the turns, never on their way. */
export const checkpoint = pgTable(
  "checkpoint",
  {
    actorId: bigint("actor_id", { mode: "number" }).notNull(),
    seq: bigint("seq", { mode: "number" }).notNull(),
    state: json("state").notNull(),
    checksum: text("checksum").notNull(),
    version: integer("version").notNull(),
    turnTime: time("turn_time").notNull(),
    at: time("at").notNull(),
    permanent: boolean("permanent").notNull(),
  },
  (t) => [primaryKey({ columns: [t.actorId, t.seq] })],
);

/** Actors that began as another one was: that one's name and seq. It may be gone by now. */
export const fork = pgTable(
  "fork",
  {
    actorId: bigint("actor_id", { mode: "number" }).primaryKey(),
    parentId: bigint("parent_id", { mode: "number" }).notNull(),
    parentKey: text("parent_key").notNull(),
    parentSeq: bigint("parent_seq", { mode: "number" }).notNull(),
    at: time("at").notNull(),
  },
  (t) => [index("fork_parent").on(t.parentId, t.actorId)],
);

/** Actors that were erased: that, when, and how far they had come. Nothing of what they were. */
export const tombstone = pgTable("tombstone", {
  actorId: bigint("actor_id", { mode: "number" }).primaryKey(),
  type: text("type").notNull(),
  head: bigint("head", { mode: "number" }).notNull(),
  at: time("at").notNull(),
});

/**
 * Replies kept under idempotency keys. `digest` tells whether a repeat asks the same. `reply` is null while the message
 * waits in its mailbox.
 */
export const reply = pgTable(
  "reply",
  {
    actorId: bigint("actor_id", { mode: "number" }).notNull(),
    idempotencyKey: text("idempotency_key").notNull(),
    digest: text("digest").notNull(),
    messageId: uuid("message_id").notNull(),
    reply: json("reply"),
    head: bigint("head", { mode: "number" }).notNull(),
    at: time("at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.actorId, t.idempotencyKey] }),
    index("reply_at").using("brin", sql`${t.at}`).with({ autosummarize: true, pages_per_range: 32 }),
  ],
);
