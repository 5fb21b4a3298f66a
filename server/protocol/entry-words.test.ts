import { expect, test } from "vitest";
import { isFailure, wordsOf } from "./entry-words.ts";
import type { Entry, EntryBody, RecordedMessage } from "./journal.ts";

const message = (id: string, command = "increment"): RecordedMessage => ({ id, command, payload: { by: 2 }, now: 0 });
const entry = (seq: number, body: EntryBody): Entry => ({ seq, at: 0, body });
const turn = { kind: "turn", reply: 3, version: 1, code: "c" } as const;
const failure = { name: "Error", message: "no luck", stack: "Error: no luck\n    at handler" };

test.each<[string, EntryBody, object]>([
  [
    "a turn",
    { ...turn, messageId: "m", message: message("m"), patches: [{ op: "replace", path: ["value"], value: 3 }] },
    { name: "increment", what: "value", outcome: "3" },
  ],
  [
    "a turn that changed much",
    {
      ...turn,
      messageId: "m",
      message: message("m"),
      patches: Array.from({ length: 12 }, (_, i) => ({ op: "add" as const, path: ["list", i], value: i })),
    },
    { name: "increment", what: "list[0], list[1], list[2] and 9 more", outcome: "3" },
  ],
  [
    "a first turn",
    { ...turn, messageId: "m", message: message("m"), state: { value: 0 } },
    { name: "increment", what: "the whole state", outcome: "3" },
  ],
  [
    "a turn that changed nothing, of a message that is not known",
    { ...turn, messageId: "m" },
    { name: null, what: "nothing", outcome: "3" },
  ],
  [
    "a received message",
    { kind: "received", messageId: "m", message: message("m", "enrich") },
    { name: "enrich", what: "{by: 2}", outcome: null },
  ],
  [
    "an effect",
    { kind: "effect", messageId: "m", n: 0, effect: { name: "quote", attempts: 2, result: "ok" } },
    { name: "quote", what: "2 attempts", outcome: '"ok"' },
  ],
  [
    "an effect that failed",
    { kind: "effect", messageId: "m", n: 0, effect: { name: "quote", attempts: 1, error: failure } },
    { name: "quote", what: "1 attempt: no luck", outcome: null },
  ],
  [
    "a failed attempt",
    { kind: "attempt_failed", messageId: "m", message: message("m"), attempt: 1, error: failure, code: "c" },
    { name: "increment", what: "no luck", outcome: null },
  ],
  [
    "a migration",
    { kind: "migrated", from: 1, to: 2, state: {} },
    { name: "state", what: "version 1 → 2", outcome: null },
  ],
])("%s is described in few words", (_, body, words) => {
  expect(wordsOf(entry(1, body))).toEqual(words);
});

test("a failed attempt and a failed effect are failures", () => {
  const failed = { name: "quote", attempts: 5, error: failure };
  const done = { name: "quote", attempts: 1, result: null };
  expect(isFailure(entry(1, { kind: "effect", messageId: "m", n: 0, effect: failed }))).toBe(true);
  expect(isFailure(entry(1, { kind: "effect", messageId: "m", n: 0, effect: done }))).toBe(false);
  expect(isFailure(entry(1, { kind: "attempt_failed", messageId: "m", attempt: 1, error: failure, code: "c" }))).toBe(
    true,
  );
  expect(isFailure(entry(1, { ...turn, messageId: "m" }))).toBe(false);
});
