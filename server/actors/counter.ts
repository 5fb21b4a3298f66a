import { z } from "zod";
import { defineActor } from "../core/define/define.ts";
import type { EffectCallContext } from "../core/define/effects.ts";

const amount = z.object({ by: z.number().int().positive().max(1_000_000).default(1) });
const symbol = z.string().min(1).max(20);

/**
 * A counter with a journal, which can call an external service: the durable actor of the PlexSpaces example.
 * @param quoteService the service's base URL: `GET /quotes/SYMBOL` returns `{ "quote": "…" }`
 */
export function counterType(quoteService: string) {
  const quoteOf = (symbol: string) => (context: EffectCallContext) =>
    fetchQuote(`${quoteService}/quotes/${encodeURIComponent(symbol)}`, context);
  return defineActor({
    type: "counter",
    key: ["id"],
    persistence: "journal",
    state: z.object({ value: z.number().int(), quote: z.string().nullable() }),
    initial: () => ({ value: 0, quote: null }),
    commands: {
      increment: amount,
      decrement: amount,
      enrich: z.object({ symbol }),
      compare: z.object({ symbol, other: symbol }),
    },
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
        const quote = yield* c.effect("quote", quoteOf(symbol));
        c.state.quote = quote;
        return quote;
      },
      *compare(c, { symbol, other }) {
        const quote = yield* c.effect("quote", quoteOf(symbol));
        const against = yield* c.effect("quote", quoteOf(other));
        c.state.quote = `${quote} against ${against}`;
        return c.state.quote;
      },
      value: (c) => c.state.value,
    },
    checkpointEvery: 10,
    passivateAfter: "30m",
  });
}

async function fetchQuote(url: string, { idempotencyKey, signal }: EffectCallContext): Promise<string> {
  const response = await fetch(url, { headers: { "idempotency-key": idempotencyKey }, signal }).catch((cause) => {
    throw new Error(`${url} cannot be reached; set QUOTE_SERVICE to the address of the quote service`, { cause });
  });
  if (!response.ok) throw new Error(`the quote service answered ${response.status}`);
  const { quote } = z.object({ quote: z.string().max(1_000) }).parse(await response.json());
  return quote;
}
