import { z } from "zod";
import { UserState } from "../../server/actors/user-state.ts";
import { contract } from "../../server/core/define/contract.ts";
import { type ActorType, defineActor } from "../../server/core/define/define.ts";

/** A `user-state` that keeps its newest state only. */
export const PlainUser: ActorType = { ...UserState, type: "plain-user", history: false };

/** An actor whose every turn has one effect, which is over at once. */
export const Caller = defineActor({
  type: "caller",
  key: ["id"],
  persistence: "journal",
  state: z.object({ calls: z.number().int() }),
  initial: () => ({ calls: 0 }),
  commands: { call: z.object({}) },
  queries: {},
  on: {
    *call(c) {
      c.state.calls += yield* c.effect("at-once", () => Promise.resolve(1));
      return c.state.calls;
    },
  },
  checkpointEvery: 10,
  passivateAfter: "30m",
});

const relay = contract({
  type: "relay",
  key: ["id"],
  commands: { pass: z.object({ journey: z.string(), onwards: z.array(z.string()) }) },
});

/** An actor that counts what comes by, and passes it on to the first of the actors that are named in it. */
export const Relay = defineActor({
  ...relay,
  persistence: "journal",
  state: z.object({ passed: z.number().int() }),
  initial: () => ({ passed: 0 }),
  queries: {},
  on: {
    pass(c, { journey, onwards: [next, ...onwards] }) {
      c.state.passed += 1;
      if (next !== undefined) c.send(relay, [next], "pass", { journey, onwards });
    },
  },
  checkpointEvery: 10,
  passivateAfter: "30m",
});

/** What a `Relay` is told: the name of the journey, and whom it leads to from there. */
export type Journey = z.infer<typeof relay.commands.pass>;
