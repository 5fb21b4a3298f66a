import {
  type Ask,
  callOnce,
  increment,
  STATIONS,
  sendAlong,
  tellIncrement,
  viewKept,
  viewProduct,
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

/** What a run with so many callers is called. */
export const callersOf = (count: number) => `${formatCount(count)} caller${count === 1 ? "" : "s"}`;

/** Turns of actors with a journal. */
export const journal = turnsCase("journal", "durable turns of counters, with a journal", increment);

/** Turns of actors with a durable state. */
export const state = turnsCase("state", "durable turns of users, with a durable state", viewProduct);

/** The same, with a history. */
export const history: Case = {
  name: "history",
  about: "durable turns of users, with a durable state of which each change is kept",
  async run(stage) {
    const { actors, hotCallers: callers } = stage.size;
    return [await measureTurns(stage, { name: callersOf(callers), ask: viewKept, actors, callers })];
  },
};

/** Turns of messages that went through the mailbox. */
export const tell = turnsCase(
  "tell",
  "counters told through their mailboxes, until the turn is durable",
  tellIncrement,
);

/** One actor against many, with as many callers. */
export const hot: Case = {
  name: "hot",
  about: "one actor with many callers, and as many callers of many actors",
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
  about: `messages through ${STATIONS} actors, each of which sends to the next, until the last turn is durable`,
  async run(stage) {
    const { actors, hotCallers: callers } = stage.size;
    return [await measureTurns(stage, { name: callersOf(callers), ask: sendAlong(actors), actors, callers })];
  },
};

/** Turns that ask the world. */
export const effects: Case = {
  name: "effects",
  about: "turns with one effect each, which is over at once",
  async run(stage) {
    const { actors, hotCallers: callers } = stage.size;
    return [await measureTurns(stage, { name: callersOf(callers), ask: callOnce, actors, callers })];
  },
};
