import { Pool } from "pg";
import type { Log } from "../process/log.ts";
import type { Store } from "../runtime/ports/store.ts";
import { allocate, countByType, countCreated, countFound, everyActor, load, touch } from "./actors.ts";
import { PostgresLaneWriter } from "./commit/lane-writer.ts";
import { connectionConfig, reachable } from "./connection.ts";
import { weaknesses } from "./durability.ts";
import { erase } from "./erase.ts";
import { claim, heartbeat, leader, release } from "./lease.ts";
import { detail, summaries } from "./lists/inspect.ts";
import { list } from "./lists/list.ts";
import { mailStore } from "./mailboxes/mail-store.ts";
import { fork, lineage } from "./past/fork.ts";
import { checkpointAt, checkpoints, loadJournals, tails, writeCheckpoints } from "./past/journal.ts";
import { entries, past, seqAt } from "./past/past.ts";
import { prunable, pruneThrough, spans, writePermanentCheckpoint } from "./past/retention.ts";
import { snapshot } from "./past/snapshot.ts";
import { timeline } from "./past/timeline.ts";
import { prune, storedReplies } from "./replies.ts";
import { happened } from "./trace/activity.ts";
import { messageStore } from "./trace/messages.ts";

/** Connections besides those of the lanes: activations, look-ups and readers share them. */
const POOL_SIZE = 8;

/**
 * The store on the Postgres at `url`, whose schema is up to date (`migrateDatabase`).
 * @throws StoreUnavailable when it cannot be reached
 */
export async function openStore(url: string, log: Log): Promise<Store> {
  const pool = new Pool({ ...connectionConfig(url), max: POOL_SIZE });
  // Without a listener, an idle connection that is lost would end the process.
  pool.on("error", (error) => {
    if (!pool.ending) log.warn({ reason: error.message }, "an idle connection to the database was lost");
  });
  const store: Store = {
    claim: (claimant, lanes, leaseMs, force) => reachable(() => claim(pool, claimant, lanes, leaseMs, force)),
    leader: () => reachable(() => leader(pool)),
    heartbeat: (held, leaseMs) => reachable(() => heartbeat(pool, held, leaseMs)),
    release: (held) => reachable(() => release(pool, held)),
    lane: ({ epoch }, lane) => new PostgresLaneWriter(url, { lane, epoch }, log),
    load: (addresses) => reachable(() => load(pool, addresses)),
    allocate: (addresses, now) => reachable(() => allocate(pool, addresses, now)),
    loadJournals: (addresses) => reachable(() => loadJournals(pool, addresses)),
    tails: (wanted, limit) => reachable(() => tails(pool, wanted, limit)),
    checkpointAt: (id, seq) => reachable(() => checkpointAt(pool, id, seq)),
    writeCheckpoints: (rows) => reachable(() => writeCheckpoints(pool, rows)),
    spans: (type, after, limit) => reachable(() => spans(pool, type, after, limit)),
    prunable: (id) => reachable(() => prunable(pool, id)),
    writePermanentCheckpoint: (row) => reachable(() => writePermanentCheckpoint(pool, row)),
    pruneThrough: (id, seq) => reachable(() => pruneThrough(pool, id, seq)),
    entries: (request) => reachable(() => entries(pool, request)),
    past: (request) => reachable(() => past(pool, request)),
    seqAt: (id, time) => reachable(() => seqAt(pool, id, time)),
    timeline: (id, bounds) => reachable(() => timeline(pool, id, bounds)),
    checkpoints: (id, before, limit) => reachable(() => checkpoints(pool, id, before, limit)),
    snapshot: (work) => reachable(() => snapshot(pool, work)),
    storedReplies: (wanted) => reachable(() => storedReplies(pool, wanted)),
    touch: (activity) => reachable(() => touch(pool, activity)),
    prune: (before, limit) => reachable(() => prune(pool, before, limit)),
    detail: (address) => reachable(() => detail(pool, address)),
    list: (request) => reachable(() => list(pool, request)),
    summaries: (addresses) => reachable(() => summaries(pool, addresses)),
    countByType: () => reachable(() => countByType(pool)),
    everyActor: (limit) => reachable(() => everyActor(pool, limit)),
    countFound: (keyPart, limit) => reachable(() => countFound(pool, keyPart, limit)),
    countCreated: (fits, ids, except) => reachable(() => countCreated(pool, fits, ids, except)),
    activity: (request) => reachable(() => happened(pool, request)),
    erase: (held, address, now) => reachable(() => erase(pool, held, address, now)),
    fork: (held, lane, row) => reachable(() => fork(pool, held, lane, row)),
    lineage: (id, limit) => reachable(() => lineage(pool, id, limit)),
    ...mailStore(pool),
    ...messageStore(pool),
    weaknesses: () => reachable(() => weaknesses(pool)),
    ping: () => reachable(async () => void (await pool.query("SELECT 1"))),
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
