import { describe, expect, test } from "vitest";
import { GreenroomError } from "../../core/errors.ts";
import { deliver, noteInMemory } from "../../testing/runtime/deliveries.ts";
import { stepContext } from "../../testing/runtime/steps.ts";
import { Note } from "../../testing/types/note.ts";
import { Actor } from "../actor/actor.ts";
import type { StagedTurn } from "../actor/staged-turn.ts";
import { expired } from "../shared/refusals.ts";
import { step } from "./step.ts";

const key = "k-1";
const stored = () => noteInMemory("n1", { id: 7, revision: 3, text: "old" });
const write = (text: string) => ({ payload: { text } });

/** An answer, as its caller gets it. */
const answered = (reply: string, head: number, more: object = {}) => ({
  answer: { reply, head, messageId: "m-1", repeated: false, ...more },
});

/** Releases what waits for a turn, as its commit does. */
function release(write: StagedTurn | undefined): void {
  for (const output of write?.outputs ?? []) output.release();
}

describe("a command that changes the state", () => {
  test("is a turn to commit: the actor continues from its state, and its caller waits", () => {
    const actor = stored();
    const { delivery, outcomes } = deliver("write", { ...write("new"), now: 5_000 });
    const { staged: made, ...nothing } = step(actor, delivery, stepContext());
    expect(made).toEqual({
      actor,
      before: { text: "old", edits: 3 },
      after: { text: "new", edits: 4 },
      expected: 3,
      head: 4,
      bytes: 24,
      entries: [],
      afterSeq: 0,
      message: { id: "m-1", command: "write", payload: { text: "new" }, now: 5_000 },
      turnTime: 5_000,
      disposition: null,
      sends: [],
      reminders: [],
      answer: { delivery, outcome: answered("4", 4).answer },
      open: false,
      outputs: [],
      tasks: [],
      broken: false,
    });
    expect(nothing).toEqual({});
    expect(actor).toMatchObject({ state: made?.after, head: 4, turnTime: 5_000, unsettled: [made] });
    expect(outcomes).toEqual([]);
  });

  test("runs on the state of the turn before, committed or not", () => {
    const actor = stored();
    step(actor, deliver("write", write("one")).delivery, stepContext());
    expect(step(actor, deliver("write", write("two")).delivery, stepContext()).staged).toMatchObject({
      before: { text: "one", edits: 4 },
      after: { text: "two", edits: 5 },
      expected: 4,
      head: 5,
    });
  });

  test("sees a time never earlier than that of the turn before", () => {
    const actor = stored();
    step(actor, deliver("write", { ...write("one"), now: 5_000 }).delivery, stepContext());
    const seen = (text: string, now: number) =>
      step(actor, deliver("write", { ...write(text), now }).delivery, stepContext()).staged?.message.now;
    expect(seen("two", 4_000)).toBe(5_000);
    expect(seen("three", 6_000)).toBe(6_000);
  });
});

describe("the first command of an actor", () => {
  test("starts with the initial state, before which there was none", () => {
    expect(step(noteInMemory("n1"), deliver("write", write("new")).delivery, stepContext()).staged).toMatchObject({
      before: null,
      after: { text: "new", edits: 1 },
      expected: 0,
      head: 1,
    });
  });

  test("creates the actor even if it changes nothing", () => {
    expect(step(noteInMemory("n1"), deliver("leave").delivery, stepContext()).staged).toMatchObject({
      after: { text: "", edits: 0 },
      expected: 0,
      head: 1,
    });
  });

  test("fails without an initial state", () => {
    const initial = () => {
      throw new Error("no beginning");
    };
    const actor = new Actor({ ...Note, initial }, ["n1"], "n1", 0);
    const { delivery, outcomes } = deliver("leave");
    expect(step(actor, delivery, stepContext())).toEqual({});
    expect(outcomes).toEqual([{ error: "handler_failed" }, "finished"]);
    expect(actor.state).toBeUndefined();
  });
});

/** Messages that make no turn, and the outcomes of their callers. */
const answers = [
  ["a command that changes nothing", "leave", {}, answered("3", 3, { unrecorded: true })],
  ["a query", "read", {}, answered('{"text":"old","edits":3}', 3)],
  ["a command that refuses", "refuse", { reason: "no" }, { error: "rejected" }],
  ["a command that throws", "crash", {}, { error: "handler_failed" }],
] as const;

describe.each(answers)("%s", (_, operation, payload, outcome) => {
  test("is answered at once when all that it saw is durable, and leaves no record", () => {
    const actor = stored();
    const { delivery, outcomes } = deliver(operation, { payload });
    expect(step(actor, delivery, stepContext())).toEqual({});
    expect(outcomes).toEqual([outcome, "finished"]);
    expect(actor).toMatchObject({ state: { text: "old", edits: 3 }, head: 3, turnTime: 0, unsettled: [] });
  });

  test("waits for the newest turn whose state it saw", () => {
    const actor = stored();
    const [first, newest] = ["one", "two"].map(
      (text) => step(actor, deliver("write", write(text)).delivery, stepContext()).staged,
    );
    const { delivery, outcomes } = deliver(operation, { payload });
    expect(step(actor, delivery, stepContext())).toEqual({});
    release(first);
    expect(outcomes).toEqual([]);
    release(newest);
    expect(outcomes).toEqual([
      "error" in outcome ? outcome : { answer: expect.objectContaining({ head: 5 }) },
      "finished",
    ]);
  });

  test("fails with the turn whose state it saw", () => {
    const actor = stored();
    const { staged: made } = step(actor, deliver("write", write("one")).delivery, stepContext());
    const { delivery, outcomes } = deliver(operation, { payload });
    step(actor, delivery, stepContext());
    for (const output of made?.outputs ?? []) output.fail(new GreenroomError("fenced", "taken over"));
    expect(outcomes).toEqual([{ error: "fenced" }, "finished"]);
  });
});

test("a query of an actor that was never used sees its initial state, and creates no actor", () => {
  const actor = noteInMemory("n1");
  const { delivery, outcomes } = deliver("read");
  expect(step(actor, delivery, stepContext())).toEqual({});
  expect(outcomes).toEqual([answered('{"text":"","edits":0}', 0), "finished"]);
  expect(actor.state).toBeUndefined();
});

describe("a command under an idempotency key", () => {
  test("that changes nothing is a turn, because its reply must be stored", () => {
    expect(step(stored(), deliver("leave", { key }).delivery, stepContext()).staged).toMatchObject({
      expected: 3,
      head: 3,
      answer: { outcome: { reply: "3" } },
    });
  });

  test("that was processed before gets its first reply, and does not run", () => {
    const actor = stored();
    const { delivery, outcomes } = deliver("write", { ...write("new"), id: "m-2", key });
    delivery.storedReply = { digest: delivery.digest, messageId: "m-1", reply: "2", head: 2 };
    expect(step(actor, delivery, stepContext())).toEqual({});
    expect(outcomes).toEqual([answered("2", 2, { repeated: true }), "finished"]);
    expect(actor.head).toBe(3);
  });

  test("that was used for another message is refused", () => {
    const { delivery, outcomes } = deliver("write", { ...write("new"), key });
    delivery.storedReply = { digest: "another", messageId: "m-1", reply: "2", head: 2 };
    expect(step(stored(), delivery, stepContext())).toEqual({});
    expect(outcomes).toEqual([{ error: "idempotency_conflict" }, "finished"]);
  });
});

test("a message whose time ran out before it could run does not run", () => {
  const actor = stored();
  const { delivery, outcomes } = deliver("write", write("new"));
  delivery.expire(expired());
  expect(step(actor, delivery, stepContext())).toEqual({});
  expect(outcomes).toEqual([{ error: "timeout" }, "finished"]);
  expect(actor.head).toBe(3);
});
