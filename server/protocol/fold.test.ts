import { describe, expect, test } from "vitest";
import { emptyHead, fold, type Head } from "./fold.ts";
import type { Entry, EntryBody, RecordedMessage, TurnEntry } from "./journal.ts";

const message = (id: string, now: number): RecordedMessage => ({ id, command: "go", payload: {}, now });
const turn = (members: Partial<TurnEntry>): TurnEntry => ({
  kind: "turn",
  messageId: "m",
  reply: null,
  version: 1,
  code: "c0de",
  ...members,
});
const received: EntryBody = { kind: "received", messageId: "m2", message: message("m2", 2_000) };
const effect = (n: number): EntryBody => ({
  kind: "effect",
  messageId: "m2",
  n,
  effect: { name: `e${n}`, attempts: 1, result: n },
});
const failed = (messageId: string, own?: RecordedMessage): EntryBody => ({
  kind: "attempt_failed",
  messageId,
  ...(own === undefined ? {} : { message: own }),
  attempt: 1,
  error: { name: "Error", message: "no", stack: "" },
  code: "c0de",
});

/** Entries from `first` on. */
const entries = (bodies: EntryBody[], first = 1): Entry[] =>
  bodies.map((body, i) => ({ seq: first + i, at: 0, body: structuredClone(body) }));
const folded = (...bodies: EntryBody[]) => fold(emptyHead(0), entries(bodies));

const first = turn({ message: message("m1", 1_000), state: { n: 1 } });
const changed = turn({
  message: message("m3", 3_000),
  patches: [{ op: "replace", path: ["n"], value: 2 }],
});
const afterFirst: Head = { seq: 1, state: { n: 1 }, version: 1, turnTime: 1_000, open: null };

test("an empty journal has an empty head", () => {
  expect(folded()).toEqual({ seq: 0, state: undefined, version: 0, turnTime: 0, open: null });
});

describe("an entry", () => {
  test.each<[what: string, EntryBody[], Partial<Head>]>([
    ["of a first turn brings the state whole", [first], afterFirst],
    ["of a turn brings patches", [first, changed], { seq: 2, state: { n: 2 }, turnTime: 3_000 }],
    [
      "of a turn that changed nothing moves the time alone",
      [first, turn({ message: message("m3", 3_000) })],
      { ...afterFirst, seq: 2, turnTime: 3_000 },
    ],
    [
      "of a turn whose patches would have been longer brings the state whole",
      [first, turn({ message: message("m3", 3_000), state: { n: 9 } })],
      { state: { n: 9 } },
    ],
    [
      "of a received message opens a turn",
      [first, received],
      { ...afterFirst, seq: 2, open: { message: message("m2", 2_000), effects: [] } },
    ],
    [
      "of an effect belongs to the open turn",
      [first, received, effect(0), effect(1)],
      {
        ...afterFirst,
        seq: 4,
        open: {
          message: message("m2", 2_000),
          effects: [
            { name: "e0", attempts: 1, result: 0 },
            { name: "e1", attempts: 1, result: 1 },
          ],
        },
      },
    ],
    [
      "of a turn with effects closes it, at the time of its received message",
      [first, received, effect(0), turn({ messageId: "m2", patches: [{ op: "replace", path: ["n"], value: 3 }] })],
      { seq: 4, state: { n: 3 }, version: 1, turnTime: 2_000, open: null },
    ],
    [
      "of a failed attempt closes the open turn, and changes nothing else",
      [first, received, effect(0), failed("m2")],
      { ...afterFirst, seq: 4 },
    ],
    [
      "of a failed attempt without effects changes nothing",
      [first, failed("m4", message("m4", 9_000))],
      { ...afterFirst, seq: 2 },
    ],
    [
      "of a failed first attempt leaves no state",
      [failed("m4", message("m4", 9_000))],
      { seq: 1, state: undefined, version: 0 },
    ],
    [
      "of a migration brings a state of a new version, and leaves the time and what is open",
      [first, received, { kind: "migrated", from: 1, to: 2, state: { grams: 1 } }, effect(0)],
      {
        seq: 4,
        state: { grams: 1 },
        version: 2,
        turnTime: 1_000,
        open: { message: message("m2", 2_000), effects: [{ name: "e0", attempts: 1, result: 0 }] },
      },
    ],
  ])("%s", (_, bodies, head) => {
    expect(folded(...bodies)).toMatchObject(head);
  });
});

test("a fold continues where another ended", () => {
  const whole = folded(first, changed, received, effect(0));
  const half = folded(first, changed);
  expect(fold(structuredClone(half), entries([received, effect(0)], 3))).toEqual(whole);
});

describe("a fold stops", () => {
  test.each<[why: string, Entry[], text: string]>([
    ["where the first entry is missing", entries([first], 2), "Entry 1 is missing; the next one is 2."],
    ["at a gap", [...entries([first]), ...entries([changed], 3)], "Entry 2 is missing; the next one is 3."],
    [
      "at an entry that comes twice",
      [...entries([first]), ...entries([first])],
      "Entry 2 is missing; the next one is 1.",
    ],
    ["at patches before any state", entries([changed]), "A patch of n does not fit the state."],
    [
      "at patches of another state",
      entries([first, turn({ patches: [{ op: "replace", path: ["x"], value: 1 }] })]),
      "does not fit",
    ],
    [
      "at an effect that no received message asked for",
      entries([first, effect(0)]),
      "An effect belongs to no open turn.",
    ],
    [
      "at an effect of another message",
      entries([first, { kind: "received", messageId: "m9", message: message("m9", 0) }, effect(0)]),
      "An effect belongs to no open turn.",
    ],
    [
      "at a kind of entry that a newer version wrote",
      entries([{ kind: "split" } as unknown as EntryBody]),
      'An entry of the kind "split" is not supported by this version.',
    ],
  ])("%s", (_, journal, text) => {
    expect(() => fold(emptyHead(0), journal)).toThrow(text);
  });

  test("and reports how far it got", () => {
    const head = emptyHead(0);
    expect(() => fold(head, [...entries([first]), ...entries([changed], 3)])).toThrow();
    expect(head).toEqual(afterFirst);
  });
});
