import { describe, expect, test } from "vitest";
import type { ActorDetail } from "../../server/protocol/actors.ts";
import { damageLine, passivationIn, recoveryLine, whyLine } from "./why.ts";

const now = Date.parse("2026-03-01T14:00:00.000Z");

const actor = (rest: Partial<ActorDetail>): ActorDetail => ({
  type: "note",
  key: ["a"],
  keyText: "a",
  lifecycle: "active",
  head: 3,
  createdAt: "2026-03-01T10:00:00.000Z",
  lastActiveAt: "2026-03-01T13:57:00.000Z",
  persistence: "state",
  reason: null,
  queued: 0,
  effect: null,
  nextTry: null,
  parked: null,
  recovery: null,
  passivateAfterMs: 30 * 60_000,
  state: {},
  stateBytes: 2,
  lastChange: null,
  seq: 0,
  begins: 1,
  ...rest,
});

test.each([
  [{}, "Active: idle for 3 min; passivated after 30 min of idleness."],
  [{ queued: 2 }, "Active: idle for 3 min; passivated after 30 min of idleness; 2 messages in line."],
  [{ lifecycle: "passivated" }, "Passivated: its state is in the store, and the next message brings it back."],
  [
    { lifecycle: "passivated", head: 0 },
    "Passivated: nothing was ever committed for it; the next message begins it anew.",
  ],
  [{ lifecycle: "activating", queued: 1 }, "Activating: its state is being read from the store; 1 message in line."],
  [{ lifecycle: "failed", reason: "its state does not fit." }, "Failed: its state does not fit."],
  [
    { lifecycle: "failed", persistence: "journal", reason: 'its code asks for "b" where "a" is recorded as number 0' },
    'Failed: its code asks for "b" where "a" is recorded as number 0.',
  ],
  [
    { lifecycle: "passivated", persistence: "journal" },
    "Passivated: its journal is in the store, and the next message brings it back.",
  ],
  [
    { lifecycle: "recovering", persistence: "journal", queued: 1 },
    "Recovering: folding its journal; 1 message in line.",
  ],
  [
    { lifecycle: "recovering", persistence: "journal", reason: "checkpoint 20 is damaged; recovered from 10" },
    "Recovering: folding its journal; checkpoint 20 is damaged; recovered from 10.",
  ],
  [
    { lifecycle: "waiting", persistence: "journal", queued: 3 },
    "Waiting: an effect of its current message runs, and until that is over no other command does; 3 messages in line.",
  ],
  [
    {
      lifecycle: "waiting",
      persistence: "journal",
      effect: { command: "enrich", name: "quote", n: 0, attempt: 2, since: "2026-03-01T13:59:56.000Z" },
      queued: 1,
    },
    'Waiting: effect "quote" (number 0) of enrich has run for 4 s, attempt 2; 1 message in line.',
  ],
] satisfies [Partial<ActorDetail>, string][])("an actor with %j is explained", (rest, text) => {
  expect(whyLine(actor(rest), now, null)).toBe(text);
});

describe("a message that is tried again is told with", () => {
  const nextTry = {
    messageId: "01234567-89ab-cdef-0123-456789abcdef",
    command: "enrich",
    attempts: 2,
    error: "Error: the quote service answered 500.",
    at: "2026-03-01T14:00:04.000Z",
  };
  const waiting = (rest: Partial<ActorDetail>) => actor({ lifecycle: "waiting", queued: 3, nextTry, ...rest });
  const begin = "Blocked by message 012345…abcdef (enrich), attempt 3, next try";
  const failed = "The last attempt failed with Error: the quote service answered 500.";

  test("its error, its next try, and how many of its mailbox wait behind it", () => {
    expect(whyLine(waiting({}), now, 18)).toBe(`${begin} in 4 s; 17 behind it. ${failed}`);
  });

  test("those in memory, where the mailbox is not known", () => {
    expect(whyLine(waiting({}), now, null)).toBe(`${begin} in 4 s; 2 behind it. ${failed}`);
  });

  test("no others where there are none, and a try that is due as now", () => {
    expect(whyLine(waiting({}), now + 5000, 1)).toBe(`${begin} now. ${failed}`);
  });

  test("the begin of an error that is long", () => {
    const error = `Error: ${"x".repeat(1000)}`;
    expect(whyLine(waiting({ nextTry: { ...nextTry, error } }), now, 1)).toContain(`${"x".repeat(192)}….`);
  });
});

test("an actor that is parked names the message, what its code does, and how many wait behind it", () => {
  const parked = { messageId: "01234567-89ab-cdef-0123-456789abcdef", command: "ask" };
  const reason = 'its code asks for the effect "z" where the effect "a" is recorded as number 0';
  expect(whyLine(actor({ lifecycle: "failed", persistence: "journal", parked, reason }), now, 3)).toBe(
    `Parked at message 012345…abcdef (ask): ${reason}; 2 behind it. Code that fits sets it right, or a person.`,
  );
});

test.each([
  [
    { checkpoint: 20, entries: 5, ms: 0 },
    "Recovered 3 min ago in less than 1 ms, from checkpoint 20 and 5 entries after it.",
  ],
  [{ checkpoint: 0, entries: 1, ms: 12 }, "Recovered 3 min ago in 12 ms, from the begin of its journal, 1 entry."],
])("a recovery with %j is told", (told, text) => {
  expect(recoveryLine({ at: "2026-03-01T13:57:00.000Z", damaged: [], ...told }, now)).toBe(text);
});

test("a damaged checkpoint is told, and why it was passed over", () => {
  const reason = "the checksum of its state is a, and b was written with it";
  expect(damageLine({ seq: 1020, reason })).toBe(`Checkpoint 1,020 is damaged and was passed over: ${reason}.`);
});

test("an idle actor says when it will be passivated", () => {
  expect(passivationIn(actor({}), now)).toBe("in 27 min");
  expect(passivationIn(actor({ lastActiveAt: "2026-03-01T13:00:00.000Z" }), now)).toBe("at the next check");
  expect(passivationIn(actor({ lifecycle: "passivated" }), now)).toBeNull();
});
