import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";

/** An actor for tests: it keeps a text, and can refuse, throw and do nothing. */
export const Note = defineActor({
  type: "note",
  key: ["id"],
  persistence: "state",
  state: z.object({ text: z.string(), edits: z.number() }),
  initial: () => ({ text: "", edits: 0 }),
  commands: {
    write: z.object({ text: z.string() }),
    retouch: z.object({}),
    leave: z.object({}),
    refuse: z.object({ reason: z.string() }),
    crash: z.object({}),
  },
  queries: { read: z.object({}) },
  on: {
    write(c, { text }) {
      c.state.text = text;
      c.state.edits += 1;
      return c.state.edits;
    },
    retouch(c) {
      c.state.edits += 1;
    },
    leave: (c) => c.state.edits,
    refuse: (c, { reason }) => c.reject(reason),
    crash() {
      throw new Error("crashed on purpose");
    },
    read: (c) => c.state,
  },
  passivateAfter: "30m",
});
