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

/** The right to write: one row per node. `epoch` grows with every takeover; the database's clock ends the lease. */
export const node = pgTable("node", {
  id: smallint("id").primaryKey(),
  owner: uuid("owner").notNull(),
  /** Where users find the node, such as its URL. */
  location: text("location").notNull().default(""),
  epoch: bigint("epoch", { mode: "number" }).notNull(),
  since: time("since").notNull(),
  leaseUntil: time("lease_until").notNull(),
  /** Whether the node stopped in order, with all its work done. */
  released: boolean("released").notNull().default(false),
});

/** The lanes of a node. Every group commit starts by updating its lane's row: the fence, and the witness. */
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

/** One row per group commit. Ids are not in commit order, so cursors over several actors use lane and batch. */
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
    /** The duration of the lane's previous commit, in milliseconds: this one has not ended when the row is written. */
    previousDurationMs: integer("previous_duration_ms"),
  },
  (t) => [primaryKey({ columns: [t.lane, t.batch] })],
);

/** An actor's address and its surrogate id. `key` is the text form. Turns do not update it. */
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
    /** Finds the receiver of a message by the mark in the message's id. */
    index("actor_mark").on(sql`left(md5(${t.type} || '/' || ${t.key}), 8)`),
    index("actor_type_id").on(t.type, t.id),
    index("actor_key").on(t.key, t.type),
    // And `actor_key_trigrams` on parts of keys, where Postgres has `pg_trgm`: see the baseline migration.
  ],
);

/** The durable state of an actor: one row, replaced with every change. `json` preserves the text and its key order. */
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

/** The journals: each actor's entries, numbered by `seq` from 1 without gaps. Append-only. */
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
    /** The entries of all actors in a stretch of time, which lie together. */
    index("entry_at").using("brin", t.at).with({ autosummarize: true, pages_per_range: 32 }),
  ],
);

/** Whole states at one seq, with a checksum of the stored text. Written in the background, not in commits. */
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

/** The origin of forked actors: the parent's key and seq. The parent may have been erased. */
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

/** Erased actors, with their head and the time, but without their keys and states. */
export const tombstone = pgTable("tombstone", {
  actorId: bigint("actor_id", { mode: "number" }).primaryKey(),
  type: text("type").notNull(),
  head: bigint("head", { mode: "number" }).notNull(),
  at: time("at").notNull(),
});

/**
 * Replies stored under idempotency keys. `digest` identifies the message's content. `reply` is null while the message
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
