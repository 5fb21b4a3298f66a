import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import type { EffectCallContext } from "../../core/define/effects.ts";

/** The outside world of a test: what its effects call, and every call that was made. */
export class World {
  readonly calls: { name: string; key: string; attempt: number }[] = [];
  /** What a call does; by default it answers with its own number. */
  answer: (name: string, context: EffectCallContext) => unknown = () => this.calls.length;

  call(name: string, context: EffectCallContext): never {
    this.calls.push({ name, key: context.idempotencyKey, attempt: context.attempt });
    return this.answer(name, context) as never;
  }
}

/** An actor with a journal, for tests: it adds up, and asks the world once or twice in a turn. */
export function ledgerType(world: World, checkpointEvery = 10) {
  return defineActor({
    type: "ledger",
    key: ["id"],
    persistence: "journal",
    state: z.object({ total: z.number(), notes: z.array(z.string()) }),
    initial: () => ({ total: 0, notes: [] }),
    commands: {
      add: z.object({ amount: z.number() }),
      refuse: z.object({}),
      crash: z.object({}),
      ask: z.object({ names: z.array(z.string()), attempts: z.number().default(1) }),
      askOrNote: z.object({}),
    },
    queries: { total: z.object({}) },
    on: {
      add(c, { amount }) {
        c.state.total += amount;
        return c.state.total;
      },
      refuse: (c) => c.reject("no"),
      crash() {
        throw new Error("crashed on purpose");
      },
      *ask(c, { names, attempts }) {
        for (const name of names) {
          const answer = yield* c.effect(name, (context): number => world.call(name, context), { attempts });
          c.state.total += answer;
          c.state.notes.push(`${name}=${answer}`);
        }
        return c.state.total;
      },
      *askOrNote(c) {
        try {
          yield* c.effect("risky", (context): number => world.call("risky", context), { attempts: 2 });
        } catch (error) {
          c.state.notes.push((error as Error).message);
        }
        return c.state.notes.length;
      },
      total: (c) => c.state.total,
    },
    checkpointEvery,
    passivateAfter: "30m",
  });
}
