import { z } from "zod";
import { defineActor } from "../core/define.ts";

const amount = z.object({ by: z.number().int().positive().max(1_000_000).default(1) });

/** Where `enrich` asks unless told: the small service that `npm run demo` starts. */
const QUOTE_SERVICE = "http://127.0.0.1:3999";

async function fetchQuote(url: string, idempotencyKey: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { headers: { "idempotency-key": idempotencyKey }, signal });
  if (!response.ok) throw new Error(`the quote service answered ${response.status}`);
  const { quote } = z.object({ quote: z.string().max(1_000) }).parse(await response.json());
  return quote;
}

/** A counter with a journal, which can ask an external service. The durable actor of the PlexSpaces example. */
export const Counter = defineActor({
  type: "counter",
  key: ["id"],
  persistence: "journal",
  state: z.object({ value: z.number().int(), quote: z.string().nullable() }),
  initial: () => ({ value: 0, quote: null }),
  commands: { increment: amount, decrement: amount, enrich: z.object({ symbol: z.string().min(1).max(20) }) },
  queries: { value: z.object({}) },
  on: {
    increment(c, { by }) {
      c.state.value += by;
      return c.state.value;
    },
    decrement(c, { by }) {
      c.state.value -= by;
      return c.state.value;
    },
    *enrich(c, { symbol }) {
      const url = `${QUOTE_SERVICE}/quotes/${encodeURIComponent(symbol)}`;
      const quote = yield* c.effect("quote", ({ idempotencyKey, signal }) => fetchQuote(url, idempotencyKey, signal));
      c.state.quote = quote;
      return quote;
    },
    value: (c) => c.state.value,
  },
  checkpointEvery: 10,
  passivateAfter: "30m",
});
