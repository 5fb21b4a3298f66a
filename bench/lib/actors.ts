import { z } from "zod";
import { UserState } from "../../server/actors/user-state.ts";
import { contract } from "../../server/core/define/contract.ts";
import { type ActorType, defineActor } from "../../server/core/define/define.ts";

/** A `user-state` without history. */
export const PlainUser: ActorType = { ...UserState, type: "plain-user", history: false };

/** An actor with one effect per turn, which finishes at once. */
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

/** An actor that counts messages and passes each on to the first actor named in it. */
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

/** The message of a `Relay`: the name of the journey, and the keys of the next actors. */
export type Journey = z.infer<typeof relay.commands.pass>;
