import type { Room } from "../../server/protocol/stream.ts";
import type { Seen } from "../children/consoles.ts";
import { increment } from "../lib/asks.ts";
import type { Case, Measured } from "../lib/case.ts";
import { type Loaded, load } from "../lib/load.ts";
import type { Node } from "../lib/node.ts";
import { onServer } from "../lib/server.ts";
import type { Stage } from "../lib/stage.ts";
import { averages } from "../lib/stats.ts";
import { costOf, type Processes } from "../lib/usage.ts";

/** One in this many turns belongs to the busiest actor. */
const BUSIEST_EVERY = 10;
/** Actors on a page of a list. */
const LISTED = 50;

type Figures = Measured["figures"];

/** The same load without and with consoles. */
export const live: Case = {
  name: "live",
  about: "turns of counters without and with consoles in another process, one of them on the busiest actor",
  async run(stage) {
    return stage.onDatabase((url) => onServer(stage, url, (node, address) => compare(stage, node, address)));
  },
};

/** Alternates both in rounds, every other round in reverse order, so that drift affects both equally. */
async function compare(stage: Stage, node: Node, address: string): Promise<Measured[]> {
  const child = stage.spawn(new URL("../children/consoles.ts", import.meta.url));
  const without: Figures[] = [];
  const watched: Figures[] = [];
  const seen: Seen[] = [];
  const measureAlone = async () => {
    without.push(await part(stage, node));
  };
  const measureWatched = async () => {
    await child.ask({ kind: "open", address, rooms: roomsOf(stage) });
    watched.push(await part(stage, node, { client: [child.pid] }));
    seen.push(await child.ask<Seen>({ kind: "close" }));
  };
  try {
    await run(stage, node, stage.size.warmUp);
    for (let round = 0; round < stage.size.rounds; round++) {
      for (const measure of round % 2 === 0 ? [measureAlone, measureWatched] : [measureWatched, measureAlone])
        await measure();
    }
  } finally {
    await child.kill();
  }
  const { frames = 0, p50, p95 } = averages(seen);
  const note = `${stage.size.consoles} consoles, ${Math.round(frames * seen.length)} frames`;
  return [
    { name: "without", figures: averages(without) },
    { name: "with consoles", figures: averages(watched), note },
    { name: "commit to console", figures: { p50, p95 } },
  ];
}

/** One room of the busiest actor; half of the others are overviews and half are lists. */
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

async function part(stage: Stage, node: Node, processes?: Processes): Promise<Figures> {
  const seconds = stage.size.seconds / 2;
  await run(stage, node, seconds / 4);
  const [loaded, used] = await stage.watched(() => run(stage, node, seconds), processes);
  return { ...loaded, ...used, ...costOf(loaded.perSecond, used) };
}
