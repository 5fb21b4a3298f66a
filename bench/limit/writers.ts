import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { ActorId } from "../../server/runtime/ports/ids.ts";
import type { Store } from "../../server/runtime/ports/store.ts";
import { openStore } from "../../server/store/postgres.ts";
import { query } from "../../server/testing/database/sql.ts";
import type { Measured } from "../lib/case.ts";
import type { Stage } from "../lib/stage.ts";
import { quantile } from "../lib/stats.ts";
import { costOf } from "../lib/usage.ts";
import { CheckpointQueue } from "./checkpoint-queue.ts";
import { RowMaker, type Sample } from "./rows.ts";
import type { BatchWriter, ClaimedLane, Shape } from "./shapes.ts";

/** What to write, how, on how many connections, and with how many turns per transaction. */
export interface Writing {
  name: string;
  what: "entries" | "states";
  shape: Shape;
  connections: number;
  group: number;
  actors: number;
}

interface Written {
  turns: number;
  times: number[];
}

const LEASE_MS = 3_600_000;

/** Measures writing rows to a new database, after a warm-up. */
export async function measureWriting(stage: Stage, sample: Sample, writing: Writing, seconds: number) {
  return stage.onDatabase(async (url) => {
    const store = await openStore(url, stage.log);
    const writers: BatchWriter[] = [];
    try {
      for (const lane of await lanesOf(url, store, writing.connections)) writers.push(await writing.shape.open(lane));
      return await measure(stage, { url, store, writers, sample, writing, seconds });
    } finally {
      await Promise.all(writers.map((writer) => writer.close()));
      await store.close();
    }
  });
}

/** Claims a lane for each connection. */
async function lanesOf(url: string, store: Store, connections: number): Promise<ClaimedLane[]> {
  const claimant = { owner: randomUUID(), location: "the benchmark" };
  const claim = await store.claim(claimant, connections, LEASE_MS, true);
  if (!("epoch" in claim)) throw new Error("Another node holds a new database.");
  return Array.from({ length: connections }, (_, lane) => ({ url, store, claim, lane }));
}

interface Setting {
  url: string;
  store: Store;
  writers: readonly BatchWriter[];
  sample: Sample;
  writing: Writing;
  seconds: number;
}

async function measure(stage: Stage, { url, store, writers, sample, writing, seconds }: Setting): Promise<Measured> {
  const { what, group, shape, connections, name } = writing;
  const queue = new CheckpointQueue(store);
  const makers = writers.map((_, lane) => new RowMaker(sample, actorsOf(writing, lane)));
  const write = (lane: number) => async () => {
    const { rows, checkpoints } = (makers[lane] as RowMaker)[what](group);
    await writers[lane]?.write(rows);
    if (checkpoints.length > 0) queue.add(checkpoints);
  };
  const run = async (time: number) => {
    const written = await Promise.all(writers.map((_, lane) => writeFor(time, group, write(lane))));
    await queue.written();
    return written;
  };
  await run(seconds / 3);
  const wal = await walOf(url);
  const [written, used] = await stage.watched(() => run(seconds));
  const turns = written.reduce((sum, one) => sum + one.turns, 0);
  const times = Float64Array.from(written.flatMap((one) => one.times)).sort();
  const perSecond = turns / seconds;
  const figures = {
    perSecond,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    walATurn: ((await walOf(url)) - wal) / turns,
    ...used,
    ...costOf(perSecond, used),
  };
  return { name, figures, note: `${shape.name}, ${connections} connection${connections === 1 ? "" : "s"}` };
}

/** The connections share the actors, as lanes do. For states, each has enough actors for a whole group. */
function actorsOf({ what, actors, connections, group }: Writing, lane: number): ActorId[] {
  const share = Math.floor(actors / connections);
  const count = what === "states" ? Math.max(group, share) : share;
  return Array.from({ length: count }, (_, i) => (i * connections + lane + 1) as ActorId);
}

/** Writes groups one after the other. Counts those written in time, and the first in any case. */
async function writeFor(seconds: number, group: number, write: () => Promise<void>): Promise<Written> {
  const times: number[] = [];
  const endsAt = performance.now() + seconds * 1_000;
  for (let at = performance.now(); at < endsAt; ) {
    await write();
    const now = performance.now();
    if (now <= endsAt || times.length === 0) times.push(now - at);
    at = now;
  }
  return { turns: times.length * group, times };
}

async function walOf(url: string): Promise<number> {
  const [row] = await query(url, "SELECT (pg_current_wal_lsn() - '0/0')::float8 AS wal");
  return row?.wal as number;
}
