import {
  type Ask,
  callOnce,
  increment,
  STATIONS,
  sendAlong,
  tellIncrement,
  viewProduct,
  viewWithHistory,
} from "../lib/asks.ts";
import type { Case, Measured } from "../lib/case.ts";
import { formatCount } from "../lib/report.ts";
import { measureTurns } from "../lib/turns.ts";

function turnsCase(name: string, about: string, ask: Ask): Case {
  return {
    name,
    about,
    async run(stage) {
      const { actors, callers } = stage.size;
      const measured: Measured[] = [];
      for (const count of callers) {
        measured.push(await measureTurns(stage, { name: callersOf(count), ask, actors, callers: count }));
      }
      return measured;
    },
  };
}

/** The name of a measurement by its number of callers. */
export const callersOf = (count: number) => `${formatCount(count)} caller${count === 1 ? "" : "s"}`;

/** Turns of actors with a journal. */
export const journal = turnsCase("journal", "durable turns of counters, with a journal", increment);

/** Turns of actors with a durable state. */
export const state = turnsCase("state", "durable turns of users, with a durable state", viewProduct);

/** Turns of actors with a durable state and a history. */
export const history: Case = {
  name: "history",
  about: "durable turns of users, with a durable state and a history",
  async run(stage) {
    const { actors, hotCallers: callers } = stage.size;
    return [await measureTurns(stage, { name: callersOf(callers), ask: viewWithHistory, actors, callers })];
  },
};

/** Turns of queued commands. */
export const tell = turnsCase(
  "tell",
  "commands of counters, queued in their mailboxes, until the turn is durable",
  tellIncrement,
);

/** One actor compared with many, with the same number of callers. */
export const hot: Case = {
  name: "hot",
  about: "one actor with many callers, and many actors with the same number of callers",
  async run(stage) {
    const { actors, hotCallers: callers } = stage.size;
    return [
      await measureTurns(stage, { name: "one actor", ask: increment, actors: 1, callers }),
      await measureTurns(stage, { name: "many actors", ask: increment, actors, callers }),
    ];
  },
};

/** Messages from actor to actor. */
export const send: Case = {
  name: "send",
  about: `messages that ${STATIONS} actors send on from one to the next, until the last turn is durable`,
  async run(stage) {
    const { actors, hotCallers: callers } = stage.size;
    return [await measureTurns(stage, { name: callersOf(callers), ask: sendAlong(actors), actors, callers })];
  },
};

/** Turns with effects. */
export const effects: Case = {
  name: "effects",
  about: "turns with one effect each, which finishes at once",
  async run(stage) {
    const { actors, hotCallers: callers } = stage.size;
    return [await measureTurns(stage, { name: callersOf(callers), ask: callOnce, actors, callers })];
  },
};
