import { query } from "../../server/testing/database/sql.ts";
import { type Ask, increment, tellIncrement, viewProduct } from "../lib/asks.ts";
import type { Case, Figure, Measured } from "../lib/case.ts";
import { load, pace } from "../lib/load.ts";
import { type Node, onNode } from "../lib/node.ts";
import { formatCount } from "../lib/report.ts";
import type { Stage } from "../lib/stage.ts";
import { summarize } from "../lib/stats.ts";

const MEGABYTE = 1024 * 1024;
/** How often the heap is sampled, in milliseconds. The minimum of a minute is close to what is live. */
const SAMPLE_MS = 500;
/** The asks, in turn: with a journal, with a durable state, and through the mailbox. */
const mix: readonly Ask[] = [increment, viewProduct, increment, tellIncrement];

/** The figures that are compared between start and end. */
const compared = ["p50", "p99", "heap", "nodeMemory", "postgresMemory", "deadRows"] as const satisfies Figure[];

/** Whether anything grows over time. */
export const soak: Case = {
  name: "soak",
  about: "turns of counters and users, and queued commands, at half the peak rate for a long time",
  byNameOnly: true,
  async run(stage) {
    return stage.onDatabase((url) => onNode(stage.log, url, (node) => soakNode(stage, url, node)));
  },
};

async function soakNode(stage: Stage, url: string, node: Node): Promise<Measured[]> {
  const { actors, hotCallers, warmUp, seconds, soak } = stage.size;
  const ask = (n: number) => (mix[n % mix.length] as Ask)(node, Math.floor(n / mix.length) % actors);
  await load(hotCallers, warmUp, ask);
  const { perSecond: peak } = await load(hotCallers, seconds, ask);
  const minutes: Measured[] = [];
  for (let minute = 1; minute <= soak.minutes; minute++) {
    const measured = await measureMinute(stage, url, () => pace(peak / 2, soak.secondsAMinute, ask));
    minutes.push({ ...measured, name: `minute ${minute}` });
    stage.note(`minute ${minute} of ${soak.minutes}: dead rows: ${measured.note || "none"}`);
  }
  const third = Math.ceil(minutes.length / 3);
  return [
    { name: "peak", figures: { perSecond: peak } },
    ...minutes,
    { name: "first third", figures: mediansOf(minutes.slice(0, third)) },
    { name: "last third", figures: mediansOf(minutes.slice(-third)) },
  ];
}

async function measureMinute(stage: Stage, url: string, run: () => ReturnType<typeof pace>) {
  let heap = Number.POSITIVE_INFINITY;
  const sample = () => {
    heap = Math.min(heap, process.memoryUsage().heapUsed / MEGABYTE);
  };
  const timer = setInterval(sample, SAMPLE_MS);
  try {
    const [loaded, used] = await stage.watched(run);
    sample();
    const dead = await deadRows(url);
    const total = dead.reduce((sum, { rows }) => sum + rows, 0);
    const note = dead.map(({ name, rows }) => `${name} ${formatCount(rows)}`).join(", ");
    return { figures: { ...loaded, heap, ...used, deadRows: total }, note };
  } finally {
    clearInterval(timer);
  }
}

async function deadRows(url: string): Promise<{ name: string; rows: number }[]> {
  const rows = await query(
    url,
    `SELECT relname AS name, n_dead_tup::float8 AS rows FROM pg_stat_user_tables
     WHERE n_dead_tup > 0 ORDER BY n_dead_tup DESC`,
  );
  return rows as { name: string; rows: number }[];
}

function mediansOf(minutes: readonly Measured[]): Measured["figures"] {
  const medians = compared.flatMap((figure): [Figure, number][] => {
    const values = minutes.flatMap(({ figures }) => figures[figure] ?? []);
    return values.length === 0 ? [] : [[figure, summarize(values).median]];
  });
  return Object.fromEntries(medians);
}
