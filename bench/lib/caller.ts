import { z } from "zod";
import { defineActor } from "../../server/core/define.ts";

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
