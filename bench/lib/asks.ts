import type { Json } from "../../server/protocol/journal.ts";
import type { Journey } from "./actors.ts";
import type { Node } from "./node.ts";

/** Asks an actor of a node. Resolves when the outcome is durable. */
export type Ask = (node: Node, actor: number) => Promise<unknown>;

/** How many actors a message of `sendAlong` passes. */
export const STATIONS = 5;
/** The distance between them, which spreads journeys over all actors. */
const APART = 97;

const one = { command: "increment", payload: { by: 1 } };
let journeys = 0;

/** Increments a counter. */
export const increment: Ask = ({ runtime }, n) => runtime.ask({ type: "counter", keyText: `c${n}`, ...one });

/** A user views a product. */
export const viewProduct: Ask = (node, n) => viewAs("plain-user", node, n);

/** A user with a history views a product. */
export const viewWithHistory: Ask = (node, n) => viewAs("user-state", node, n);

function viewAs(type: string, { runtime }: Node, n: number): Promise<unknown> {
  const payload: Json = { productId: `p${Math.floor(Math.random() * 1_000)}` };
  return runtime.ask({ type, keyText: `mall001:u${n}`, command: "viewProduct", payload });
}

/** An actor calls an effect, which finishes at once. */
export const callOnce: Ask = ({ runtime }, n) =>
  runtime.ask({ type: "caller", keyText: `a${n}`, command: "call", payload: {} });

/** Increments a counter through its mailbox. These counters get no other commands. */
export const tellIncrement: Ask = async ({ runtime, processed }, n) => {
  const key = `queued${n}`;
  const durable = processed.next(key);
  await runtime.tell({ type: "counter", keyText: key, ...one });
  await durable;
};

/** Sends a message through `STATIONS` of the given number of actors. */
export function sendAlong(actors: number): Ask {
  return async ({ runtime, processed }, n) => {
    const [first, ...onwards] = Array.from({ length: STATIONS }, (_, i) => `r${(n + i * APART) % actors}`);
    const payload: Journey = { journey: `j${journeys++}`, onwards };
    const arrived = processed.journey(payload.journey);
    await runtime.ask({ type: "relay", keyText: first as string, command: "pass", payload });
    await arrived;
  };
}

/** Reads a counter, which activates it. */
export const readCounter: Ask = ({ runtime }, n) =>
  runtime.query({ type: "counter", keyText: `c${n}`, query: "value", payload: {} });

/** Reads a user, which activates it. */
export const readUser: Ask = ({ runtime }, n) =>
  runtime.query({ type: "plain-user", keyText: `mall001:u${n}`, query: "getUserState", payload: {} });
