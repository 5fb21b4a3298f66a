import { z } from "zod";
import { type ActorType, defineActor } from "../../core/define/define.ts";

/** A type whose command ends, never ends, or allocates memory until none is left, depending on its payload. */
export function actorTypes(): readonly ActorType[] {
  return [
    defineActor({
      type: "hanging",
      key: ["id"],
      persistence: "journal",
      state: z.object({ count: z.number() }),
      initial: () => ({ count: 0 }),
      commands: { run: z.object({ how: z.enum(["well", "forever", "greedily"]) }) },
      queries: {},
      on: {
        run(c, { how }) {
          const taken: number[][] = [];
          while (how !== "well") if (how === "greedily") taken.push(new Array<number>(100_000).fill(taken.length));
          c.state.count += 1;
        },
      },
      passivateAfter: "30m",
    }),
  ];
}
