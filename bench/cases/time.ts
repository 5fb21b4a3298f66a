import { performance } from "node:perf_hooks";
import { query } from "../../server/testing/database/sql.ts";
import { increment } from "../lib/asks.ts";
import type { Case, Measured } from "../lib/case.ts";
import { type Node, onNode } from "../lib/node.ts";
import type { Stage } from "../lib/stage.ts";
import { quantile } from "../lib/stats.ts";

/** Reads an actor's past at a seq. */
type AskPast = (node: Node, at: number) => Promise<unknown>;

const stateAt: AskPast = ({ runtime }, at) => runtime.past.state({ type: "counter", keyText: "c0" }, { at });

/** The console's request when it jumps to a distant seq. */
const windowAt: AskPast = async ({ runtime }, at) => {
  for await (const line of runtime.past.window({ type: "counter", keyText: "c0" }, at))
    if ("window" in line) return line;
};

/** How long reads of the past take. */
export const time: Case = {
  name: "time",
  about: "reads of the past of one actor at any seq, as its journal grows; with and without checkpoints",
  byNameOnly: true,
  async run(stage) {
    return stage.onDatabase((url) => onNode(stage.log, url, (node) => lookBack(stage, url, node)));
  },
};

async function lookBack(stage: Stage, url: string, node: Node): Promise<Measured[]> {
  const { hotCallers, pasts, looks, folds } = stage.size;
  const measured: Measured[] = [];
  let entries = 0;
  for (const size of pasts) {
    await makeTurns(node, hotCallers, size - entries);
    entries = size;
    await query(url, "VACUUM ANALYZE");
    const on = (name: string, ask: AskPast, count: number) => measure(stage, node, `${name} at ${size}`, ask, count);
    measured.push(await on("state", stateAt, looks), await on("window", windowAt, looks));
    measured.push(await withoutCheckpoints(url, () => on("no checkpoint", stateAt, folds)));
  }
  return measured;
}

/** Runs turns of one counter. */
async function makeTurns(node: Node, callers: number, count: number): Promise<void> {
  let left = count;
  const call = async () => {
    while (left-- > 0) await increment(node, 0);
  };
  await Promise.all(Array.from({ length: callers }, call));
}

/** Reads at random seqs, one after the other. */
async function measure(stage: Stage, node: Node, name: string, ask: AskPast, count: number): Promise<Measured> {
  const { head } = await node.runtime.inspector.state({ type: "counter", keyText: "c0" });
  const times: number[] = [];
  const [, { othersCpu }] = await stage.watched(async () => {
    for (let i = 0; i < count; i++) {
      const startedAt = performance.now();
      await ask(node, 1 + Math.floor(Math.random() * head));
      times.push(performance.now() - startedAt);
    }
  });
  const sorted = times.toSorted((a, b) => a - b);
  return { name, figures: { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), othersCpu } };
}

/** Runs `work` without any checkpoints. */
async function withoutCheckpoints<T>(url: string, work: () => Promise<T>): Promise<T> {
  await query(url, "CREATE TABLE saved_checkpoint AS TABLE checkpoint");
  await query(url, "TRUNCATE checkpoint");
  try {
    return await work();
  } finally {
    await query(url, "INSERT INTO checkpoint TABLE saved_checkpoint ON CONFLICT DO NOTHING");
    await query(url, "DROP TABLE saved_checkpoint");
  }
}
