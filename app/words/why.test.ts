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
  [{}, "Active: idle for 3 min; passivates after 30 min idle."],
  [{ queued: 2 }, "Active: idle for 3 min; passivates after 30 min idle; 2 messages queued."],
  [{ lifecycle: "passivated" }, "Passivated: its state is in the store; the next message activates it."],
  [{ lifecycle: "passivated", head: 0 }, "Passivated: nothing is committed yet; the next message activates it."],
  [{ lifecycle: "activating", queued: 1 }, "Activating: reading its state from the store; 1 message queued."],
  [{ lifecycle: "failed", reason: "its state does not fit." }, "Failed: its state does not fit."],
  [
    { lifecycle: "failed", persistence: "journal", reason: 'its code asks for "b" where "a" is recorded as #0' },
    'Failed: its code asks for "b" where "a" is recorded as #0.',
  ],
  [
    { lifecycle: "passivated", persistence: "journal" },
    "Passivated: its journal is in the store; the next message activates it.",
  ],
  [
    { lifecycle: "recovering", persistence: "journal", queued: 1 },
    "Recovering: folding its journal; 1 message queued.",
  ],
  [
    { lifecycle: "recovering", persistence: "journal", reason: "checkpoint 20 is damaged; recovered from 10" },
    "Recovering: folding its journal; checkpoint 20 is damaged; recovered from 10.",
  ],
  [
    { lifecycle: "waiting", persistence: "journal", queued: 3 },
    "Waiting: an effect of the current message is running; other commands wait for it; 3 messages queued.",
  ],
  [
    {
      lifecycle: "waiting",
      persistence: "journal",
      effect: { command: "enrich", name: "quote", n: 0, attempt: 2, since: "2026-03-01T13:59:56.000Z" },
      queued: 1,
    },
    'Waiting: effect "quote" (#0) of enrich running for 4 s, attempt 2; 1 message queued.',
  ],
] satisfies [Partial<ActorDetail>, string][])("explains an actor with %j", (rest, text) => {
  expect(whyLine(actor(rest), now, null)).toBe(text);
});

describe("a retried message is described with", () => {
  const nextTry = {
    messageId: "01234567-89ab-cdef-0123-456789abcdef",
    command: "enrich",
    attempts: 2,
    error: "Error: the quote service answered 500.",
    at: "2026-03-01T14:00:04.000Z",
  };
  const waiting = (rest: Partial<ActorDetail>) => actor({ lifecycle: "waiting", queued: 3, nextTry, ...rest });
  const start = "Blocked by message 012345…abcdef (enrich), attempt 3";
  const failed = "The last attempt failed: Error: the quote service answered 500.";

  test("its error, its next attempt, and the number of messages behind it", () => {
    expect(whyLine(waiting({}), now, 18)).toBe(`${start} in 4 s; 17 queued behind it. ${failed}`);
  });

  test("the messages in memory, if the mailbox is unknown", () => {
    expect(whyLine(waiting({}), now, null)).toBe(`${start} in 4 s; 2 queued behind it. ${failed}`);
  });

  test("no others if there are none, and a due attempt as now", () => {
    expect(whyLine(waiting({}), now + 5000, 1)).toBe(`${start} now. ${failed}`);
  });

  test("the start of a long error", () => {
    const error = `Error: ${"x".repeat(1000)}`;
    expect(whyLine(waiting({ nextTry: { ...nextTry, error } }), now, 1)).toContain(`${"x".repeat(192)}….`);
  });
});

test("a parked actor is described with the message, the reason, and the number of messages behind it", () => {
  const parked = { messageId: "01234567-89ab-cdef-0123-456789abcdef", command: "ask" };
  const reason = 'its code asks for the effect "z" where the effect "a" is recorded as #0';
  expect(whyLine(actor({ lifecycle: "failed", persistence: "journal", parked, reason }), now, 3)).toBe(
    `Parked at message 012345…abcdef (ask): ${reason}; 2 queued behind it. Deploy matching code, or intervene.`,
  );
});

test.each([
  [
    { checkpoint: 20, entries: 5, ms: 0 },
    "Recovered 3 min ago in less than 1 ms, from checkpoint 20 and 5 entries after it.",
  ],
  [{ checkpoint: 0, entries: 1, ms: 12 }, "Recovered 3 min ago in 12 ms, from the beginning of its journal, 1 entry."],
])("describes a recovery with %j", (recovery, text) => {
  expect(recoveryLine({ at: "2026-03-01T13:57:00.000Z", damaged: [], ...recovery }, now)).toBe(text);
});

test("describes a damaged checkpoint and why it was skipped", () => {
  const reason = "the checksum of its state is a, but b is stored with it";
  expect(damageLine({ seq: 1020, reason })).toBe(`Checkpoint 1,020 is damaged and was skipped: ${reason}.`);
});

test("says when an idle actor will be passivated", () => {
  expect(passivationIn(actor({}), now)).toBe("passivates in 27 min");
  expect(passivationIn(actor({ lastActiveAt: "2026-03-01T13:00:00.000Z" }), now)).toBe("passivates soon");
  expect(passivationIn(actor({ lifecycle: "passivated" }), now)).toBeNull();
});
