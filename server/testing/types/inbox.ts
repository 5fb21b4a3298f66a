import { z } from "zod";
import { defineActor, type OnFailure } from "../../core/define/define.ts";

const none = z.object({});

/** How often the next `fail` commands throw. */
export interface Failing {
  times: number;
}

/** An actor that stores the numbers that it receives, in order, and fails on request. */
export function inboxType(failing: Failing, onFailure: OnFailure = "hold") {
  return defineActor({
    type: "inbox",
    key: ["id"],
    persistence: "journal",
    state: z.object({ got: z.array(z.number()) }),
    initial: () => ({ got: [] as number[] }),
    commands: {
      put: z.object({ n: z.number() }),
      fail: z.object({ n: z.number() }),
    },
    queries: { got: none },
    on: {
      put(c, { n }) {
        c.state.got.push(n);
        return c.state.got.length;
      },
      fail(c, { n }) {
        if (failing.times > 0) {
          failing.times -= 1;
          throw new Error("not yet");
        }
        c.state.got.push(n);
      },
      got: (c) => c.state.got,
    },
    onFailure,
    checkpointEvery: 1_000,
    passivateAfter: "30m",
  });
}
