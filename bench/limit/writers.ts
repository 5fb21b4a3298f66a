import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { Client } from "pg";
import type { ActorId, CheckpointRow } from "../../server/runtime/ports.ts";
import { connectionConfig } from "../../server/store/connection.ts";
import { openStore } from "../../server/store/postgres.ts";
import type { Measured } from "../lib/case.ts";
import { type Stage, sql } from "../lib/stage.ts";
import { quantile } from "../lib/stats.ts";
import { costOf } from "../lib/usage.ts";
import { RowMaker, type Sample } from "./rows.ts";
import type { Shape } from "./shapes.ts";

/** What is written, how, on how many connections, and how many turns go into one transaction. */
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

/** Writes rows for so many seconds, after warming up, and measures it. On a database of its own. */
export async function measureWriting(
  stage: Stage,
  sample: Sample,
  writing: Writing,
  seconds: number,
): Promise<Measured> {
  return stage.onDatabase(async (url) => {
    const store = await openStore(url, stage.log);
    const claim = await store.claim(randomUUID(), writing.connections, LEASE_MS, true);
    if (!("epoch" in claim)) throw new Error("A new database is held by somebody.");
    const clients = await connect(url, writing);
    try {
      const makers = clients.map((_, lane) => new RowMaker(sample, actorsOf(writing, lane)));
      const keep = (rows: CheckpointRow[]) => store.writeCheckpoints(rows);
      const run = (time: number) =>
        Promise.all(
          clients.map((client, lane) => {
            const write = oneGroup(writing, client, { lane, epoch: claim.epoch }, makers[lane] as RowMaker, keep);
            return writeFor(time, writing.group, write);
          }),
        );
      await run(seconds / 3);
      const wal = await walOf(url);
      const [written, used] = await stage.watched(() => run(seconds));
      const turns = written.reduce((sum, one) => sum + one.turns, 0);
      const times = Float64Array.from(written.flatMap((one) => one.times)).sort();
      const { shape, connections, name } = writing;
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
    } finally {
      await Promise.all(clients.map((client) => client.end()));
      await store.close();
    }
  });
}

/** The connections share the actors, as lanes do. Where states are written, each has enough for a whole group. */
function actorsOf({ what, actors, connections, group }: Writing, lane: number): ActorId[] {
  const count =
    what === "states" ? Math.max(group, Math.floor(actors / connections)) : Math.floor(actors / connections);
  return Array.from({ length: count }, (_, i) => (i * connections + lane + 1) as ActorId);
}

function oneGroup(
  { what, shape, group }: Writing,
  client: Client,
  place: { lane: number; epoch: number },
  maker: RowMaker,
  keep: (rows: CheckpointRow[]) => Promise<void>,
): () => Promise<void> {
  if (what === "states") return async () => void (await shape.write(client, place, maker.states(group)));
  return async () => {
    const { rows, checkpoints } = maker.entries(group);
    await shape.write(client, place, rows);
    if (checkpoints.length > 0) await keep(checkpoints);
  };
}

/** Writes groups one after the other. What is not written in time does not count, unless it is the only one. */
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

async function connect(url: string, { connections, shape }: Writing): Promise<Client[]> {
  const clients = Array.from(
    { length: connections },
    () => new Client({ ...connectionConfig(url), pipeline: shape.pipelined }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  return clients;
}

async function walOf(url: string): Promise<number> {
  const [row] = await sql(url, "SELECT (pg_current_wal_lsn() - '0/0')::float8 AS wal");
  return row?.wal as number;
}
