import { describe, expect, test } from "vitest";
import type { Edit, WhatIf, WhatIfStep } from "../../server/protocol/what-if.ts";
import {
  editOf,
  effectsOf,
  indexOfAdded,
  linesOf,
  restored,
  unrunOf,
  withAdded,
  withChoice,
  withoutMessage,
  withPayload,
} from "./what-if.ts";

const m1 = { message: "m1" };
const nothing = { effects: [], wants: null, differs: null, head: 0 } as const;
const step = (seq: number | null, more: Partial<WhatIfStep> = {}): WhatIfStep => ({
  ...{ seq, edit: seq === null ? "added" : "none", outcome: "done", ...nothing, effects: [] },
  message: { id: `m${seq}`, command: "add", payload: {}, now: 0 },
  ...more,
});
const tried = (steps: WhatIfStep[], original: WhatIf["original"] = []): WhatIf => ({
  ...{ steps, original, entries: [], first: null, head: 9 },
  base: { seq: 4, state: {}, version: 1, turnTime: 0, open: null },
});

describe("edits", () => {
  test("of a recorded message merge into one, and into none when restored", () => {
    const changed = withPayload([], m1, { by: 1 });
    const chosen = withChoice(withPayload(changed, m1, { by: 2 }), m1, 0, { n: 0, result: 7 });
    expect(chosen).toEqual([{ message: "m1", payload: { by: 2 }, effects: [{ n: 0, result: 7 }] }]);
    expect(withChoice(chosen, m1, 0, { n: 0, result: 8 })).toMatchObject([{ effects: [{ n: 0, result: 8 }] }]);
    expect(restored(chosen, m1)).toEqual([]);
    expect(withChoice(withChoice([], m1, 1, { n: 1, result: 7 }), m1, 1, null)).toEqual([]);
    expect(withoutMessage(chosen, m1)).toEqual([{ message: "m1", skip: true }]);
    expect(withPayload(withoutMessage([], m1), m1, {})).toEqual([{ message: "m1", payload: {}, effects: [] }]);
  });

  test("order the added messages by seq", () => {
    const added = (edits: readonly Edit[], after: number, by: number) =>
      withAdded(edits, { after, command: "add", payload: { by } });
    const edits = added(added(added(withoutMessage([], m1), 7, 1), 5, 2), 7, 3);
    expect(edits.map((edit) => ("after" in edit ? edit.payload : edit))).toEqual([
      ...[{ message: "m1", skip: true }, { by: 2 }, { by: 1 }, { by: 3 }],
    ]);
    expect([indexOfAdded(edits, 4), indexOfAdded(edits, 5), indexOfAdded(edits, 7)]).toEqual([0, 1, 3]);
    expect(editOf(edits, { added: 1 })).toMatchObject({ payload: { by: 1 } });
    expect(editOf(withPayload(edits, { added: 1 }, { by: 9 }), { added: 1 })).toMatchObject({ payload: { by: 9 } });
    expect(editOf(withoutMessage(edits, { added: 1 }), { added: 1 })).toMatchObject({ payload: { by: 3 } });
  });
});

describe("lines", () => {
  test("are identified by seq, or by the index of an added message", () => {
    const lines = linesOf(tried([step(null), step(5), step(null), step(7)]));
    expect(lines.map(({ key, seq }) => [key, seq])).toEqual([
      ...[
        ["+0", 4],
        ["5", 5],
        ["+1", 5],
        ["7", 7],
      ],
    ]);
  });

  test("after one that needs an effect did not run", () => {
    const failed = { kind: "attempt_failed", messageId: "m", attempt: 1, code: "" } as const;
    const error = { name: "E", message: "", stack: "" };
    const original = [5, 6, 7].map((seq) => ({ seq, at: 0, body: { ...failed, error } }));
    const wants = { name: "quote", n: 0, recorded: null };
    expect(unrunOf(tried([step(5), step(null, { wants })], original))).toBe(2);
    expect(unrunOf(tried([step(5)], original))).toBe(0);
  });
});

test("an effect has the recorded outcome beside it, if the name is the same", () => {
  const effect = (name: string, result: number) => ({ name, attempts: 1, result });
  const original = ["quote", "other"].map((name, n) => ({
    ...{ seq: 5 + n, at: 0 },
    body: { kind: "effect" as const, messageId: "m7", n, effect: effect(name, n) },
  }));
  const effects = [
    { source: "given" as const, effect: effect("quote", 9) },
    { source: "given" as const, effect: effect("else", 9) },
  ];
  const wants = { name: "third", n: 2, recorded: null };
  const own = step(7, { effects, wants });
  expect(effectsOf(tried([own], original), own)).toEqual([
    { n: 0, name: "quote", source: "given", answer: effect("quote", 9), recorded: effect("quote", 0) },
    { n: 1, name: "else", source: "given", answer: effect("else", 9), recorded: null },
    { n: 2, name: "third", source: null, answer: null, recorded: null },
  ]);
});
