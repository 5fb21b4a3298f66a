import assert from "node:assert/strict";
import type { CommandReply } from "../../protocol/commands.ts";
import { formatCount } from "../format.ts";
import { address, type Command } from "./messages.ts";
import type { NodeProcess } from "./node-process.ts";
import type { Calls } from "./quote-service.ts";
import { readJournal } from "./recoveries.ts";
import type { Stage } from "./stage.ts";
import { duration, point, say, step, table } from "./terminal.ts";

const compare: Command = {
  name: "compare",
  payload: { symbol: "ACME", other: "INIT" },
  idempotencyKey: "compare-once",
};
const enrich: Command = { name: "enrich", payload: { symbol: "HOOL" }, idempotencyKey: "enrich-once" };

/** Kills the node between two effects of one turn. Returns the service's calls so far. */
export async function killBetweenEffects(stage: Stage, node: NodeProcess): Promise<Calls[]> {
  step(3, "Killed between two effects");
  say("The next message calls the service twice. Once the first result is durable, and before the");
  say("second call, the process kills itself with SIGKILL: it has no chance to clean up.", "");
  stage.journal.header();
  node.crashAfterEffect(0);
  const failed = isRejected(node.ask(compare));
  const signal = await node.exit();
  assert(signal === "SIGKILL" && (await failed), "the process must be killed before it replies");
  stage.journal.showEntries(await readJournal(stage.store, address));
  point(`Process ${node.pid} was ended by ${signal}. The caller got no reply.`);
  return stage.quotes.calls;
}

/** Starts a new process, which finishes the interrupted turn. */
export async function recoverFrom(stage: Stage, before: readonly Calls[]): Promise<NodeProcess> {
  step(4, "Recovered");
  const node = await takeOver(stage);
  say("The turn resumes without a caller: the journal returns the result of its first effect.", "");
  const { messageId, reply } = await repeat(stage, node, compare);
  const [first, second] = showCalls(stage, before, messageId);
  assert(first?.count === 1 && second?.count === 1, "each effect must be called once");
  point("The recorded call was not repeated; the other was made once, under its own key.");
  point(
    "The message, sent again with its idempotency key, was not processed again. Its reply was",
    `${JSON.stringify(reply)}.`,
  );
  return node;
}

/** Kills the node while the service handles a call. Returns the process that finished the turn. */
export async function killDuringCall(stage: Stage, killed: NodeProcess): Promise<NodeProcess> {
  step(5, "Killed during a call");
  say("This time the service has received the call, and the process dies before the answer.", "");
  stage.journal.header();
  const called = stage.quotes.holdNext();
  const failed = isRejected(killed.ask(enrich));
  await called;
  await killed.kill();
  assert(await failed, "the process must be killed before it replies");
  stage.journal.showEntries(await readJournal(stage.store, address));
  point(`Process ${killed.pid} was ended by SIGKILL.`);
  const before = stage.quotes.calls;
  const node = await takeOver(stage);
  say("");
  const { messageId } = await repeat(stage, node, enrich);
  const [call] = showCalls(stage, before, messageId);
  const entries = await readJournal(stage.store, address);
  const results = entries.filter(({ body }) => body.kind === "effect" && body.messageId === messageId);
  assert(call?.count === 2 && results.length === 1, "the interrupted call must be made twice and recorded once");
  point(
    "Whether the first call arrived is unknown, so it was repeated under the same key, by which",
    "the service can recognize it. The result is in the journal once.",
  );
  return node;
}

async function takeOver(stage: Stage): Promise<NodeProcess> {
  const startedAt = performance.now();
  const node = await stage.startNode();
  say(`Process ${node.pid} took over ${duration(performance.now() - startedAt)} after its start.`);
  const { checkpoint, entries, ms } = await node.recovery;
  assert(checkpoint && entries !== null, "recovery must start from a checkpoint");
  assert(checkpoint + entries === stage.journal.seq, "recovery must reach the newest entry");
  point(
    `Recovered from checkpoint ${checkpoint} and ${formatCount(entries, "entry", "entries")} after it, in ${ms} ms.`,
  );
  return node;
}

/** Sends the message of an interrupted turn again. */
async function repeat(stage: Stage, node: NodeProcess, command: Command): Promise<CommandReply> {
  stage.journal.header();
  const reply = await node.ask(command);
  assert(reply.repeated && reply.seq === stage.journal.seq, "the resumed turn must answer a repeated message");
  return reply;
}

/** Prints how often a message's effects were called before and after the kill. */
function showCalls(stage: Stage, before: readonly Calls[], messageId: string): Calls[] {
  const calls = stage.quotes.calls.filter((one) => one.idempotencyKey.startsWith(messageId));
  const rows = calls.map(({ idempotencyKey, symbol, count }) => {
    const earlier = before.find((one) => one.idempotencyKey === idempotencyKey)?.count ?? 0;
    return [symbol, idempotencyKey, earlier, count - earlier];
  });
  say("", "The calls that the service counted:", "");
  table(["symbol", "idempotency key", "before SIGKILL", "after it"], rows);
  return calls;
}

function isRejected(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => false,
    () => true,
  );
}
