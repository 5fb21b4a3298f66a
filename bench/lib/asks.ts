import type { Json } from "../../server/protocol/json.ts";
import type { Journey } from "./actors.ts";
import type { Node } from "./node.ts";

/** Something to ask of a node: `question` says of which actor. Resolves when it is done, and durable. */
export type Ask = (node: Node, question: number) => Promise<unknown>;

/** Actors that a message of `sendAlong` comes by. */
export const STATIONS = 5;
/** How far apart they are; the journeys' stations are spread over all actors. */
const APART = 97;

const one = { command: "increment", payload: { by: 1 } };
let journeys = 0;

/** One more for the counter with that number. */
export const increment: Ask = ({ runtime }, n) => runtime.ask({ type: "counter", keyText: `c${n}`, ...one });

/** The user with that number looks at another product. */
export const viewProduct: Ask = (node, n) => viewAs("plain-user", node, n);

/** The same, of a user whose changes are kept. */
export const viewKept: Ask = (node, n) => viewAs("user-state", node, n);

function viewAs(type: string, { runtime }: Node, n: number): Promise<unknown> {
  const payload: Json = { productId: `p${Math.floor(Math.random() * 1_000)}` };
  return runtime.ask({ type, keyText: `mall001:u${n}`, command: "viewProduct", payload });
}

/** The actor with that number asks the world, which answers at once. */
export const callOnce: Ask = ({ runtime }, n) =>
  runtime.ask({ type: "caller", keyText: `a${n}`, command: "call", payload: {} });

/** One more for a counter with that number, which is always told, through its mailbox. */
export const tellIncrement: Ask = async ({ runtime, processed }, n) => {
  const key = `told${n}`;
  const durable = processed.next(key);
  await runtime.tell({ type: "counter", keyText: key, ...one });
  await durable;
};

/** A message through five of so many actors, each of which sends it to the next. */
export function sendAlong(actors: number): Ask {
  return async ({ runtime, processed }, n) => {
    const [first, ...onwards] = Array.from({ length: STATIONS }, (_, i) => `r${(n + i * APART) % actors}`);
    const payload: Journey = { journey: `j${journeys++}`, onwards };
    const arrived = processed.journey(payload.journey);
    await runtime.ask({ type: "relay", keyText: first as string, command: "pass", payload });
    await arrived;
  };
}

/** What the counter with that number counts: wakes it, and changes nothing. */
export const readCounter: Ask = ({ runtime }, n) =>
  runtime.query({ type: "counter", keyText: `c${n}`, query: "value", payload: {} });

/** What is known of the user with that number: wakes it, and changes nothing. */
export const readUser: Ask = ({ runtime }, n) =>
  runtime.query({ type: "plain-user", keyText: `mall001:u${n}`, query: "getUserState", payload: {} });
