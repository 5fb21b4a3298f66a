import type { Room } from "../../server/protocol/stream.ts";
import type { Seen } from "../children/consoles.ts";
import { increment } from "../lib/asks.ts";
import type { Case, Measured } from "../lib/case.ts";
import type { Child } from "../lib/child.ts";
import { type Loaded, load } from "../lib/load.ts";
import type { Node } from "../lib/node.ts";
import { onServer } from "../lib/server.ts";
import type { Stage } from "../lib/stage.ts";
import { averages } from "../lib/stats.ts";
import { costOf, type Processes } from "../lib/usage.ts";

/** Every so many turns, one is the busiest actor's. */
const BUSIEST_EVERY = 10;
/** Actors on the page of a list. */
const LISTED = 50;

/** The same load with nobody looking, and with consoles. */
export const live: Case = {
  name: "live",
  about: "turns of counters with no console, and with consoles in another process, one of them on the busiest actor",
  async run(stage) {
    return stage.onDatabase((url) => onServer(stage, url, (node, address) => compare(stage, node, address)));
  },
};

/** Without, with, with, without: what drifts in that time weighs on both alike. */
async function compare(stage: Stage, node: Node, address: string): Promise<Measured[]> {
  const { seconds, warmUp } = stage.size;
  await run(stage, node, warmUp);
  const before = await watchedRun(stage, node, seconds / 2);
  const child = stage.spawn(new URL("../children/consoles.ts", import.meta.url));
  try {
    const { first, second, seen } = await withConsoles(stage, node, child, address);
    await child.kill();
    const after = await watchedRun(stage, node, seconds / 2);
    return [
      { name: "without", figures: averages([before, after]) },
      {
        name: "with consoles",
        figures: averages([first, second]),
        note: `${stage.size.consoles} consoles, ${seen.frames} frames`,
      },
      { name: "commit to console", figures: { p50: seen.p50, p95: seen.p95 } },
    ];
  } finally {
    await child.kill();
  }
}

async function withConsoles(stage: Stage, node: Node, child: Child, address: string) {
  const { seconds, warmUp } = stage.size;
  await child.ask({ kind: "open", address, rooms: roomsOf(stage) });
  await run(stage, node, warmUp / 2);
  await child.ask<Seen>({ kind: "report" });
  const first = await watchedRun(stage, node, seconds / 2, { client: [child.pid] });
  const second = await watchedRun(stage, node, seconds / 2, { client: [child.pid] });
  return { first, second, seen: await child.ask<Seen>({ kind: "report" }) };
}

/** One on the busiest actor; of the others, half on the overview and half on lists. */
function roomsOf({ size }: Stage): Room[] {
  const key = (n: number) => ({ type: "counter", key: [`c${n}`] });
  return Array.from({ length: size.consoles }, (_, i): Room => {
    if (i === 0) return { kind: "actor", actor: key(0) };
    if (i % 2 === 1) return { kind: "overview" };
    const actors = Array.from({ length: Math.min(LISTED, size.actors) }, (_unused, n) => key(n));
    return { kind: "actors", actors, type: "counter" };
  });
}

function run({ size }: Stage, node: Node, seconds: number): Promise<Loaded> {
  return load(size.liveCallers, seconds, (n) => increment(node, n % BUSIEST_EVERY === 0 ? 0 : n % size.actors));
}

async function watchedRun(
  stage: Stage,
  node: Node,
  seconds: number,
  processes?: Processes,
): Promise<Measured["figures"]> {
  const [loaded, used] = await stage.watched(() => run(stage, node, seconds), processes);
  return { ...loaded, ...used, ...costOf(loaded.perSecond, used) };
}
