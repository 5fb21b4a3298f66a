import { query } from "../../server/testing/database/sql.ts";
import { type Ask, callOnce, increment, sendAlong, tellIncrement, viewProduct } from "./asks.ts";
import type { Measured } from "./case.ts";
import { load } from "./load.ts";
import { type Node, onNode } from "./node.ts";
import type { Stage } from "./stage.ts";
import { costOf } from "./usage.ts";

/** What to ask, of how many actors in turn, with how many concurrent callers. */
export interface Turns {
  name: string;
  ask: Ask;
  actors: number;
  callers: number;
}

/** Runs all kinds of turns for a while, because the first turns of a process are slow. */
export async function warmUp({ size, onDatabase, log }: Stage): Promise<void> {
  const asks = [increment, viewProduct, callOnce, tellIncrement, sendAlong(size.actors)];
  const ask: Ask = (node, n) => (asks[n % asks.length] as Ask)(node, n % size.actors);
  await onDatabase((url) => onNode(log, url, (node) => load(size.hotCallers, 2 * size.warmUp, (n) => ask(node, n))));
}

/** Measures durable turns on a new database. */
export async function measureTurns(stage: Stage, turns: Turns): Promise<Measured> {
  return stage.onDatabase(async (url) => {
    const measured = await onNode(stage.log, url, (node) => measureOn(stage, url, node, turns));
    // Once the node's connections are closed, Postgres reports all that they counted.
    const [totals] = await query(
      url,
      `SELECT (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables)::float8 AS rows,
              sum(turns)::float8 AS turns, count(*)::float8 AS commits FROM commit`,
    );
    const { rows, turns: all, commits } = totals as { rows: number; turns: number; commits: number };
    return { ...measured, figures: { ...measured.figures, rowsATurn: rows / all, turnsACommit: all / commits } };
  });
}

/** Measures durable turns on a running node, after a warm-up. */
export async function measureOn(stage: Stage, url: string, node: Node, turns: Turns): Promise<Measured> {
  const { seconds, warmUp } = stage.size;
  const { name, ask, actors, callers } = turns;
  const run = (time: number) => load(callers, time, (n) => ask(node, n % actors));
  await run(warmUp);
  const before = await position(url);
  const [loaded, used] = await stage.watched(() => run(seconds));
  const after = await position(url);
  const walATurn = (after.wal - before.wal) / (after.turns - before.turns);
  return { name, figures: { ...loaded, walATurn, ...used, ...costOf(loaded.perSecond, used) } };
}

/** The position of Postgres in its WAL in bytes, and the number of committed turns. */
async function position(url: string): Promise<{ wal: number; turns: number }> {
  const [row] = await query(
    url,
    `SELECT (pg_current_wal_lsn() - '0/0')::float8 AS wal, coalesce(sum(turns), 0)::float8 AS turns FROM commit`,
  );
  return row as { wal: number; turns: number };
}
