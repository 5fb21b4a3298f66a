import { isDeepStrictEqual } from "node:util";
import type { CommandReply } from "../../protocol/commands.ts";
import type { Json } from "../../protocol/json.ts";
import { address, Counter, key } from "./counter.ts";
import type { Command } from "./messages.ts";
import { must } from "./must.ts";
import type { NodeProcess } from "./node-process.ts";
import { byFolding, byHandlers, fromCheckpoint, RUNS, type Way } from "./recoveries.ts";
import type { Stage } from "./stage.ts";
import { count, counted, duration, point, say, step, table } from "./terminal.ts";

/** How many messages are sent, and how many of them at one time. */
const MESSAGES = 20_000;
const AT_A_TIME = 4_000;
/** One message in so many calls the service. */
const CALL_EVERY = 400;

/** Makes the journal long, and recovers the counter in three ways. Ends the node. */
export async function compareRecoveries(stage: Stage, node: NodeProcess): Promise<void> {
  const { store, log } = stage;
  step(6, "A long journal");
  const live = await sendMany(stage, node);
  await node.stop();
  const checkpoint = await fromCheckpoint(store, address, log);
  const folding = await byFolding(store, address, log);
  const handlers = await byHandlers(store, address, Counter, key);
  say("The counter is brought back from Postgres in three ways:", "");
  const row = (name: string, way: Way) => [name, way.entries, duration(way.ms)];
  table(
    ["way", "entries read", `median of ${RUNS}`],
    [
      row(`from checkpoint ${count(checkpoint.checkpoint)}, as the runtime does`, checkpoint),
      row("folding every recorded change", folding),
      row("running every handler again", handlers),
    ],
  );
  const ways = [checkpoint, folding, handlers];
  must(
    ways.every(({ state }) => isDeepStrictEqual(state, checkpoint.state) && valueIn(state) === live),
    "all three ways lead to the state that the counter had",
  );
  point(
    `All three give ${JSON.stringify(checkpoint.state)}, as the last reply did.`,
    `The checkpoint saves ${saved(checkpoint, folding)} of the time that folding takes, and ${saved(checkpoint, handlers)}`,
    "of that of the handlers.",
  );
}

/** Sends the counter many messages. Returns the last reply: its value. */
async function sendMany({ journal }: Stage, node: NodeProcess): Promise<Json> {
  journal.quiet = true;
  const begunAt = performance.now();
  let replies: CommandReply[] = [];
  for (let sent = 0; sent < MESSAGES; sent += AT_A_TIME) {
    replies = await Promise.all(Array.from({ length: AT_A_TIME }, (_, i) => node.ask(message(sent + i))));
  }
  const ms = performance.now() - begunAt;
  say(`${count(MESSAGES)} more messages took ${duration(ms)}: ${count(Math.round((MESSAGES / ms) * 1_000))} a second.`);
  say(`The journal now has ${counted(journal.seq, "entry", "entries")}.`);
  return replies.at(-1)?.reply ?? null;
}

/** The last of them is a decrement. */
function message(i: number): Command {
  if (i % CALL_EVERY === 0) return { name: "enrich", payload: { symbol: `S${i}` } };
  return i % 4 === 3
    ? { name: "decrement", payload: { by: 1 + (i % 5) } }
    : { name: "increment", payload: { by: 1 + (i % 9) } };
}

function valueIn(state: Json | undefined): Json {
  return (state as { value: number }).value;
}

function saved(short: Way, long: Way): string {
  return `${((1 - short.ms / long.ms) * 100).toFixed(1)} %`;
}
