import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { Replay } from "../../core/replay/replay.ts";
import { namedKey } from "../../core/turn/turn.ts";
import { type EffectOutcome, MemoryJournal } from "../../testing/runtime/memory-journal.ts";

interface State {
  total: number;
  items: { n: number; tags: string[] }[];
  uses: Record<string, number>;
  first: { n: number; tags: string[] } | null;
}

/** Ways to change a state in place; handlers apply them to a draft, the model to a plain object. */
const changes = {
  add(s: State, n: number) {
    s.total += n;
  },
  push(s: State, n: number) {
    s.items.push({ n, tags: [] });
  },
  unshift(s: State, n: number) {
    s.items.unshift({ n, tags: [] });
  },
  splice(s: State, n: number) {
    s.items.splice(n % 3, 2, { n, tags: ["new"] });
  },
  sort(s: State) {
    s.items.sort((a, b) => a.n - b.n);
  },
  filter(s: State, n: number) {
    s.items = s.items.filter((item) => item.n !== n);
  },
  shorten(s: State) {
    s.items.length >>= 1;
  },
  tag(s: State, n: number) {
    s.items[n % 4]?.tags.push(`t${n}`);
  },
  touch(s: State, n: number) {
    delete s.uses[names[n] ?? ""];
    s.uses[names[n] ?? ""] = n % 2;
  },
  forget(s: State, n: number) {
    delete s.uses[names[n] ?? ""];
  },
  evict(s: State) {
    delete s.uses[Object.keys(s.uses)[0] ?? ""];
  },
  hold(s: State) {
    const [item] = s.items;
    s.first = item === undefined ? null : { n: item.n, tags: [...item.tags] };
  },
  mark(s: State, n: number) {
    if (s.first !== null) s.first.n = n;
  },
} satisfies Record<string, (s: State, n: number) => void>;
type Change = { change: keyof typeof changes; n: number };

/** Names that objects already have, names that look like numbers, and the empty name. */
const names = ["a", "b", "c", "constructor", "toString", "length", "7", "10", ""];

const steps = z.array(z.object({ change: z.string(), n: z.number() }));
const state = z.custom<State>((value) => typeof value === "object");
const initial = (): State => ({ total: 0, items: [], uses: {}, first: null });

function apply(s: State, changed: readonly { change: string; n: number }[]): State {
  for (const { change, n } of changed) changes[change as keyof typeof changes](s, n);
  return s;
}

/** @param rule what `add` adds for an amount */
function bagType(rule: (amount: number) => number = (amount) => amount) {
  return defineActor({
    type: "bag",
    key: ["id"],
    persistence: "journal",
    state: state as never as z.ZodType<State>,
    initial,
    commands: {
      add: z.object({ amount: z.number() }),
      change: z.object({ steps }),
      fail: z.object({ steps }),
      refuse: z.object({ steps }),
      ask: z.object({ steps, effects: z.number(), careful: z.boolean() }),
    },
    queries: {},
    on: {
      add(c, { amount }) {
        c.state.total += rule(amount);
        return c.state.total;
      },
      change: (c, { steps }) => Object.keys(apply(c.state, steps).uses),
      fail(c, { steps }) {
        apply(c.state, steps);
        throw new Error("failed");
      },
      refuse(c, { steps }) {
        apply(c.state, steps);
        c.reject("refused");
      },
      *ask(c, { steps, effects, careful }) {
        apply(c.state, steps);
        for (let n = 0; n < effects; n++) {
          try {
            c.state.total += yield* c.effect(`effect ${n}`, (): number => 0);
          } catch (error) {
            if (!careful) throw error;
            c.state.uses.failed = n;
          }
        }
        return [c.state.total, c.random()];
      },
    },
    passivateAfter: "1m",
  });
}

const Bag = bagType();

type Step =
  | { kind: "add"; amount: number }
  | { kind: "change" | "fail" | "refuse"; steps: Change[] }
  | { kind: "ask"; steps: Change[]; effects: EffectOutcome[]; careful: boolean; crashAfter: number }
  | { kind: "restart" };

const someChanges = fc.array(
  fc.record({ change: fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[])), n: fc.nat(9) }),
  { maxLength: 6 },
);
const outcome: fc.Arbitrary<EffectOutcome> = fc.oneof(
  { weight: 3, arbitrary: fc.nat(9).map((result) => ({ result })) },
  { weight: 1, arbitrary: fc.constant({ error: { name: "Error", message: "no line" } }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), amount: fc.nat(9) }),
  fc.record({ kind: fc.constant("change" as const), steps: someChanges }),
  fc.record({ kind: fc.constantFrom("fail" as const, "refuse" as const), steps: someChanges }),
  fc.record({
    kind: fc.constant("ask" as const),
    steps: someChanges,
    effects: fc.array(outcome, { maxLength: 3 }),
    careful: fc.boolean(),
    crashAfter: fc.nat(4),
  }),
  fc.constant({ kind: "restart" as const }),
);
const history = fc.array(step, { maxLength: 20 });

/** The model's state after a step; the same state if it fails. */
function expected(before: State, one: Step): State {
  const after = structuredClone(before);
  switch (one.kind) {
    case "add":
      return { ...after, total: after.total + one.amount };
    case "change":
      return apply(after, one.steps);
    case "ask":
      apply(after, one.steps);
      for (const [n, effect] of one.effects.entries()) {
        if ("result" in effect) after.total += effect.result as number;
        else if (one.careful) after.uses.failed = n;
        else return before;
      }
      return after;
    default:
      return before;
  }
}

function run(journal: MemoryJournal, one: Step): void {
  if (one.kind === "restart") return journal.restart();
  if (one.kind !== "ask") return void journal.send(one.kind, one);
  const { effects, crashAfter, ...payload } = one;
  const first = effects.slice(0, crashAfter);
  const outcome = journal.send("ask", { ...payload, effects: effects.length }, first);
  if (outcome !== "unfinished") return;
  journal.restart();
  journal.resume(effects.slice(crashAfter));
}

/** A bag after some steps, and the model's state. */
function bagAfter(steps: readonly Step[]): { journal: MemoryJournal; model: State } {
  const journal = new MemoryJournal(Bag, ["1"]);
  let model = initial();
  for (const one of steps) {
    run(journal, one);
    model = expected(model, one);
  }
  return { journal, model };
}

const text = (value: unknown) => JSON.stringify(value ?? initial());

describe("an actor with a journal after any steps", { timeout: 30_000 }, () => {
  test("has the same state in memory, in a fold of its journal and in the model, with the same order of members", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { journal, model } = bagAfter(steps);
        expect(text(journal.state)).toBe(text(model));
        expect(text(journal.folded().state)).toBe(text(model));
        journal.restart();
        expect(text(journal.state)).toBe(text(model));
      }),
      { numRuns: 200 },
    );
  });

  test("has a journal without gaps, and no open turn", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { journal } = bagAfter(steps);
        expect(journal.entries.map((entry) => entry.seq)).toEqual(journal.entries.map((_, i) => i + 1));
        expect(journal.folded().open).toBeNull();
      }),
    );
  });

  test("replays on the same code without divergence", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { journal } = bagAfter(steps);
        const replay = new Replay(Bag, namedKey(Bag, ["1"]));
        expect(journal.entries.flatMap((entry) => replay.next(entry) ?? [])).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test("diverges in a replay of a changed rule at every seq that the rule decides, and at no other", () => {
    const changed = bagType((amount) => (amount > 5 ? amount + 1 : amount));
    fc.assert(
      fc.property(history, (steps) => {
        const { journal } = bagAfter(steps);
        const replay = new Replay(changed, namedKey(changed, ["1"]));
        const found = journal.entries.flatMap((entry) => replay.next(entry) ?? []);
        const decided = journal.entries.filter(({ body }) => {
          if (body.kind !== "turn" || body.message?.command !== "add") return false;
          return (body.message.payload as { amount: number }).amount > 5;
        });
        expect(found.map(({ seq, kind }) => [seq, kind])).toEqual(decided.map(({ seq }) => [seq, "reply"]));
      }),
      { numRuns: 150 },
    );
  });
});
