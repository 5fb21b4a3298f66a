import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { counterType } from "../../actors/counter.ts";
import type { CommandReply } from "../../protocol/commands.ts";
import type { Json } from "../../protocol/journal.ts";
import { formatCount, formatNumber } from "../format.ts";
import { address, type Command, key } from "./messages.ts";
import type { NodeProcess } from "./node-process.ts";
import { byFolding, byHandlers, fromCheckpoint, type Recovery, RUNS } from "./recoveries.ts";
import type { Stage } from "./stage.ts";
import { duration, point, say, step, table } from "./terminal.ts";

/** How many messages are sent in all, and how many of them concurrently. */
const MESSAGES = 20_000;
const CONCURRENT = 4_000;
/** One message in this many calls the service. */
const CALL_EVERY = 400;

/** A counter for replay, which calls no effects. */
export const Counter = counterType("http://nowhere.invalid");

/** Makes the journal long, stops the node, and recovers the counter in three ways. */
export async function compareRecoveries(stage: Stage, node: NodeProcess): Promise<void> {
  const { store, log } = stage;
  step(6, "A long journal");
  const live = await sendMany(stage, node);
  await node.stop();
  const checkpoint = await fromCheckpoint(store, address, log);
  const folding = await byFolding(store, address, log);
  const handlers = await byHandlers(store, address, Counter, key);
  say("The counter is recovered from Postgres in three ways:", "");
  const row = (name: string, { entries, ms }: Recovery) => [name, entries, duration(ms)];
  table(
    ["way", "entries read", `median of ${RUNS}`],
    [
      row(`from checkpoint ${formatNumber(checkpoint.checkpoint)}, as the runtime does`, checkpoint),
      row("folding every recorded change", folding),
      row("running every handler again", handlers),
    ],
  );
  for (const { state } of [checkpoint, folding, handlers]) {
    assert(isDeepStrictEqual(state, checkpoint.state), "all three ways must lead to the same state");
    assert((state as { value: Json }).value === live, "the recovered state must match the last reply");
  }
  point(
    `All three lead to ${JSON.stringify(checkpoint.state)}, which matches the last reply.`,
    `The checkpoint saves ${saved(checkpoint, folding)} of the time of folding, and ${saved(checkpoint, handlers)} of that of`,
    "running the handlers.",
  );
}

/** Sends the counter many messages. Returns the last reply: its value. */
async function sendMany({ journal }: Stage, node: NodeProcess): Promise<Json> {
  journal.quiet = true;
  const startedAt = performance.now();
  let replies: CommandReply[] = [];
  for (let sent = 0; sent < MESSAGES; sent += CONCURRENT) {
    replies = await Promise.all(Array.from({ length: CONCURRENT }, (_, i) => node.ask(message(sent + i))));
  }
  const ms = performance.now() - startedAt;
  const rate = Math.round((MESSAGES / ms) * 1_000);
  say(`${formatNumber(MESSAGES)} more messages took ${duration(ms)}: ${formatNumber(rate)} per second.`);
  say(`The journal now has ${formatCount(journal.seq, "entry", "entries")}.`);
  return replies.at(-1)?.reply ?? null;
}

/** The last one is a decrement. */
function message(i: number): Command {
  if (i % CALL_EVERY === 0) return { name: "enrich", payload: { symbol: `S${i}` } };
  return i % 4 === 3
    ? { name: "decrement", payload: { by: 1 + (i % 5) } }
    : { name: "increment", payload: { by: 1 + (i % 9) } };
}

function saved(short: Recovery, long: Recovery): string {
  return `${((1 - short.ms / long.ms) * 100).toFixed(1)} %`;
}
