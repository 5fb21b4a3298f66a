import type { Command } from "./messages.ts";
import type { NodeProcess } from "./node-process.ts";
import type { Stage } from "./stage.ts";
import { duration, say, step } from "./terminal.ts";

const increment = (by: number): Command => ({ name: "increment", payload: { by } });
const decrement = (by: number): Command => ({ name: "decrement", payload: { by } });
const enrich = (symbol: string): Command => ({ name: "enrich", payload: { symbol } });

const messages = [
  ...[increment(5), increment(3), decrement(2), enrich("ACME"), increment(1), increment(6), decrement(4)],
  ...[increment(2), increment(1), increment(9), decrement(1), enrich("INIT"), increment(4), increment(2)],
  ...[decrement(3), increment(7), increment(1), decrement(2)],
];

/** Starts the runtime, and sends the counter its first messages, one after the other. */
export async function sendFirstMessages(stage: Stage): Promise<NodeProcess> {
  const begunAt = performance.now();
  const node = await stage.startNode();
  say(`The runtime, in process ${node.pid}: ready in ${duration(performance.now() - begunAt)}.`);

  step(2, "Every message becomes an entry");
  say(`The counter is sent ${messages.length} messages; two of them call the service. Each line is an entry of its`);
  say("journal, shown as soon as it is durable. Every ten entries, the whole state is kept too.", "");
  stage.journal.header();
  for (const message of messages) await node.ask(message);
  return node;
}
