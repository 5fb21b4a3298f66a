import { Pool } from "pg";
import type { Log } from "../process/log.ts";
import type { Store } from "../runtime/ports/store.ts";
import * as actors from "./actors.ts";
import { PostgresLaneWriter } from "./commit/lane-writer.ts";
import { connectionConfig, reachable } from "./connection.ts";
import * as lease from "./lease.ts";
import * as list from "./lists/list.ts";
import * as deadLetters from "./mailboxes/dead-letters.ts";
import * as mailbox from "./mailboxes/mailbox.ts";
import * as redrives from "./mailboxes/redrives.ts";
import * as fork from "./past/fork.ts";
import * as journal from "./past/journal.ts";
import * as past from "./past/past.ts";
import * as retention from "./past/retention.ts";
import { snapshot } from "./past/snapshot.ts";
import * as replies from "./replies.ts";
import * as activity from "./trace/activity.ts";
import * as messages from "./trace/messages.ts";

/** Connections besides those of the lanes: activations, look-ups and readers share them. */
const POOL_SIZE = 8;

/** What a setting of Postgres costs when it is off, so that a reply does not mean durable. */
const costs: Readonly<Record<string, string>> = {
  fsync: "a power cut can lose or corrupt what was committed",
  full_page_writes: "a power cut can corrupt pages that were being written",
  synchronous_commit: "a crash of Postgres can lose the last commits, replies to which were sent",
};

/** Every function that these modules export is an operation of the store. */
const operations = {
  ...actors,
  ...lease,
  ...list,
  ...deadLetters,
  ...mailbox,
  ...redrives,
  ...fork,
  ...journal,
  ...past,
  ...retention,
  ...replies,
  ...activity,
  ...messages,
  weaknesses,
  ping,
};

/**
 * The store on the Postgres at `url`, whose schema is up to date (`migrateDatabase`).
 * @throws StoreUnavailable when it cannot be reached
 */
export async function openStore(url: string, log: Log): Promise<Store> {
  const pool = new Pool({ ...connectionConfig(url), max: POOL_SIZE });
  // Without a listener, losing an idle connection would end the process.
  pool.on("error", (error) => {
    if (!pool.ending) log.warn({ reason: error.message }, "an idle connection to the database was lost");
  });
  const store: Store = {
    ...bound(pool, operations),
    lane: ({ epoch }, lane) => new PostgresLaneWriter(url, { lane, epoch }, log),
    snapshot: (work) => reachable(() => snapshot(pool, work)),
    close: () => pool.end(),
  };
  try {
    await store.ping();
  } catch (error) {
    await pool.end();
    throw error;
  }
  return store;
}

type Bound<T> = {
  [Name in keyof T]: T[Name] extends (pool: Pool, ...args: infer Args) => infer Result
    ? (...args: Args) => Result
    : never;
};

/** Operations on `pool`, each of which throws `StoreUnavailable` when the database cannot be reached. */
function bound<T extends Record<string, (pool: Pool, ...args: never[]) => Promise<unknown>>>(
  pool: Pool,
  operations: T,
): Bound<T> {
  const entries = Object.entries(operations).map(([name, run]) => [
    name,
    (...args: never[]) => reachable(() => run(pool, ...args)),
  ]);
  return Object.fromEntries(entries) as Bound<T>;
}

async function weaknesses(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT name FROM pg_settings WHERE name = ANY ($1) AND setting = 'off' ORDER BY name",
    [Object.keys(costs)],
  );
  return rows.map(({ name }) => `${name} is off: ${costs[name]}`);
}

async function ping(pool: Pool): Promise<void> {
  await pool.query("SELECT 1");
}
