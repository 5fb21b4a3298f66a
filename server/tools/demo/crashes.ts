import type { CommandReply } from "../../protocol/commands.ts";
import { address } from "./counter.ts";
import type { Command } from "./messages.ts";
import { must } from "./must.ts";
import type { NodeProcess } from "./node-process.ts";
import type { Calls } from "./quote-service.ts";
import { readJournal } from "./recoveries.ts";
import type { Stage } from "./stage.ts";
import { counted, duration, point, say, step, table } from "./terminal.ts";

const compare: Command = {
  name: "compare",
  payload: { symbol: "ACME", other: "INIT" },
  idempotencyKey: "compare-once",
};
const enrich: Command = { name: "enrich", payload: { symbol: "HOOL" }, idempotencyKey: "enrich-once" };

/** Two effects in one turn, and a SIGKILL between them. Returns the calls until then. */
export async function killBetweenEffects(stage: Stage, node: NodeProcess): Promise<Calls[]> {
  step(3, "Killed between two effects");
  say("The next message calls the service twice. When the first answer is durable, before the");
  say("second call, the process kills itself by SIGKILL: nothing can be tidied up.", "");
  stage.journal.header();
  node.crashAfterEffect(0);
  const lost = unanswered(node.ask(compare));
  const signal = await node.ended();
  must(signal === "SIGKILL" && (await lost), "the process is killed before it answers");
  stage.journal.showEntries(await readJournal(stage.store, address));
  point(`Process ${node.pid} was ended by ${signal}. Whoever asked got no reply.`);
  return stage.quotes.calls;
}

/** A new process finishes what the killed one began. */
export async function recoverFrom(stage: Stage, before: readonly Calls[]): Promise<NodeProcess> {
  step(4, "Recovered");
  const node = await takeOver(stage);
  say("The turn goes on, though nobody asked: its first effect is answered by the journal.", "");
  const { messageId, reply } = await finish(stage, node, compare);
  const [first, second] = tellCalls(stage, before, messageId);
  must(first?.count === 1 && second?.count === 1, "each effect is called once");
  point("The recorded call was not made again; the other was made once, under its own key.");
  point(
    "The message, sent again under its idempotency key, was not processed again. It got the",
    `reply ${JSON.stringify(reply)}.`,
  );
  return node;
}

/** A SIGKILL while the service works on a call. Returns the process that finished the turn. */
export async function killDuringCall(stage: Stage, killed: NodeProcess): Promise<NodeProcess> {
  step(5, "Killed in the middle of a call");
  say("This time the service has the call, and the process dies before there is an answer.", "");
  stage.journal.header();
  const called = stage.quotes.holdNext();
  const lost = unanswered(killed.ask(enrich));
  await called;
  await killed.kill();
  must(await lost, "the process is killed before it answers");
  stage.journal.showEntries(await readJournal(stage.store, address));
  point(`Process ${killed.pid} was ended by SIGKILL.`);
  const before = stage.quotes.calls;
  const node = await takeOver(stage);
  say("");
  const { messageId } = await finish(stage, node, enrich);
  const [call] = tellCalls(stage, before, messageId);
  const entries = await readJournal(stage.store, address);
  const results = entries.filter(({ body }) => body.kind === "effect" && body.messageId === messageId);
  must(call?.count === 2 && results.length === 1, "the interrupted call is made twice, and recorded once");
  point(
    "Nobody can know whether such a call arrived, so it was made again, under the same key:",
    "by that the service can tell. The result is in the journal once.",
  );
  return node;
}

async function takeOver(stage: Stage): Promise<NodeProcess> {
  const begunAt = performance.now();
  const node = await stage.startNode();
  say(`Process ${node.pid} has taken over, ${duration(performance.now() - begunAt)} after it was started.`);
  const { checkpoint, entries, ms } = await node.recovery;
  must(checkpoint > 0 && checkpoint + entries === stage.journal.seq, "recovery reaches the newest entry");
  point(
    `Recovered from checkpoint ${checkpoint} and ${counted(entries, "entry", "entries")} after it, in ${duration(ms)}.`,
  );
  return node;
}

/** Sends the message of an interrupted turn again. */
async function finish(stage: Stage, node: NodeProcess, command: Command): Promise<CommandReply> {
  stage.journal.header();
  const reply = await node.ask(command);
  must(reply.repeated && reply.seq === stage.journal.seq, "a repeat is answered by the resumed turn");
  return reply;
}

/** Shows how often a message's effects were called, before and after its process was killed. */
function tellCalls(stage: Stage, before: readonly Calls[], messageId: string): Calls[] {
  const calls = stage.quotes.calls.filter((one) => one.idempotencyKey.startsWith(messageId));
  const rows = calls.map(({ idempotencyKey, symbol, count }) => {
    const then = before.find((one) => one.idempotencyKey === idempotencyKey)?.count ?? 0;
    return [symbol, idempotencyKey, then, count - then];
  });
  say("", "The calls that the service counted:", "");
  table(["symbol", "idempotency key", "before SIGKILL", "after it"], rows);
  return calls;
}

function unanswered(asked: Promise<CommandReply>): Promise<boolean> {
  return asked.then(
    () => false,
    () => true,
  );
}
