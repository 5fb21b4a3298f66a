import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineActor } from "../../core/define/define.ts";
import { Replay } from "../../core/replay/replay.ts";
import { namedKey } from "../../core/turn/turn.ts";
import type { Entry } from "../../protocol/journal.ts";
import { mailAt } from "../../testing/runtime/mails.ts";
import { stepContext } from "../../testing/runtime/steps.ts";
import { Actor } from "../actor/actor.ts";
import { Delivery } from "../actor/delivery.ts";
import type { StagedTurn } from "../actor/staged-turn.ts";
import type { Mail } from "../ports/mail-rows.ts";
import { resume, type StepResult, stageEffect, stageStart, step } from "./step.ts";

/** How often a handler still has to throw. */
let failures = 0;
const none = z.object({});
const Desk = defineActor({
  type: "desk",
  key: ["id"],
  persistence: "journal",
  state: z.object({ done: z.array(z.string()) }),
  initial: () => ({ done: [] as string[] }),
  commands: { nothing: none, note: z.object({ text: z.string() }), refuse: none, ask: none, pass: none, alarm: none },
  queries: {},
  on: {
    nothing: () => "nothing",
    note(c, { text }) {
      if (failures-- > 0) throw new Error("no pen");
      c.state.done.push(text);
    },
    refuse: (c) => c.reject("closed"),
    *ask(c) {
      const first = yield* c.effect("first", (): string => "");
      c.send(Desk, ["other"], "note", { text: first });
      if (failures-- > 0) throw new Error("no pen");
      const second = yield* c.effect("second", (): string => "");
      c.state.done.push(first, second);
    },
    pass: (c) => c.send({ type: "nobody", key: ["id"], commands: { take: none } }, ["1"], "take", {}),
    alarm: (c) => c.remind("alarm", { after: "1m" }, "nothing", {}),
  },
  attempts: 2,
  passivateAfter: "1m",
});

/** The actor of a test, and its journal. */
let actor: Actor;
let entries: Entry[];
const context = { ...stepContext(1_000), knows: (type: string) => type === "desk" };
beforeEach(() => {
  failures = 0;
  entries = [];
  actor = new Actor(Desk, ["1"], "1", 0);
  actor.lifecycle = "active";
});

function deliver(command: string, payload = "{}", more: Partial<Mail> = {}): Delivery {
  const delivery = Delivery.ofMail(mailAt(7, { command, payload, messageId: "mail", ...more }));
  actor.mailbox.add(7, delivery);
  return delivery;
}

function commit(write: StagedTurn | undefined): void {
  if (write === undefined) throw new Error("There is nothing to commit.");
  for (const [i, { body }] of write.entries.entries()) {
    entries.push({ seq: write.expected + i + 1, at: 0, body });
  }
  write.actor.settle(write);
}

/** Processes a message until it requests an effect that is not given, or finishes. */
function process(delivery: Delivery, ...results: string[]): StepResult {
  let stepped = step(actor, delivery, context);
  for (const result of results) {
    commit(stepped.staged);
    const { open } = actor;
    if (stepped.effect === undefined || open === null) throw new Error("It asks for no effect.");
    open.effects.push({ name: stepped.effect.call.name, attempts: 1, result });
    commit(stageEffect(actor, open));
    stepped = resume(actor, open, context);
  }
  commit(stepped.staged);
  return stepped;
}

const kinds = () => entries.map(({ body }) => body.kind);
function divergences() {
  const replay = new Replay(Desk, namedKey(Desk, ["1"]));
  return entries.map((entry) => replay.next(entry)).filter((found) => found !== null);
}

describe("a message from a mailbox", () => {
  test("leaves it with the turn that processes it", () => {
    const { staged } = process(deliver("note", '{"text":"a"}'));
    expect(staged).toMatchObject({ disposition: { kind: "ack", mailSeq: 7 }, after: { done: ["a"] } });
    expect(actor.mailbox.head.size).toBe(0);
  });

  test("leaves it even if the turn changes nothing", () => {
    process(deliver("note", '{"text":"a"}'));
    const { staged } = process(deliver("nothing"));
    expect(staged).toMatchObject({ disposition: { kind: "ack", mailSeq: 7 }, before: staged?.after });
    expect(kinds()).toEqual(["turn", "turn"]);
  });

  test("stays after a failure, with the attempt recorded, and finally becomes a dead letter", () => {
    failures = 2;
    const delivery = deliver("note", '{"text":"a"}');
    const first = process(delivery);
    expect(first.staged?.disposition).toMatchObject({ kind: "nack", progress: { attempts: 1, started: false } });
    expect(first.retry).toMatchObject({ delivery, at: expect.any(Number) });
    expect(actor.mailbox.head.size).toBe(1);
    const second = process(delivery);
    expect(second.staged?.disposition).toMatchObject({ kind: "dead", mailSeq: 7, letter: { attempts: 2 } });
    expect(second.retry).toBeUndefined();
    expect(actor.mailbox.head.size).toBe(0);
    expect(entries.map(({ body }) => body)).toMatchObject([
      { kind: "attempt_failed", attempt: 1 },
      { kind: "attempt_failed", attempt: 2 },
    ]);
  });

  test.each([
    ["that is refused", "refuse", "{}", "rejected"],
    ["whose command no longer exists", "gone", "{}", "unknown_command"],
    ["whose payload is no longer valid", "note", '{"text":1}', "invalid_payload"],
  ])("%s is a dead letter at once", (_, command, payload) => {
    expect(process(deliver(command, payload)).staged?.disposition).toMatchObject({
      kind: "dead",
      letter: { attempts: 1 },
    });
    expect(kinds()).toEqual(["attempt_failed"]);
  });

  test("fails if it sends to a type that is not registered", () => {
    const { staged } = process(deliver("pass"));
    expect(staged?.disposition).toMatchObject({
      kind: "nack",
      progress: { error: { message: expect.stringContaining('"nobody"') } },
    });
    expect(staged?.sends).toEqual([]);
  });

  test("counts an attempt that had started before when its start is recorded, and changes nothing else", () => {
    const delivery = deliver("note", '{"text":"a"}');
    const first = stageStart(actor, delivery, delivery.mail as Mail);
    expect(first).toMatchObject({ disposition: { kind: "begin", progress: { attempts: 0, started: true } }, head: 0 });
    const alone = stageStart(actor, delivery, { ...(delivery.mail as Mail), attempts: 0 });
    expect(alone).toMatchObject({ disposition: { kind: "begin", progress: { attempts: 1, started: true } }, head: 0 });
    commit(first);
    commit(alone);
    expect(actor.mailbox.head.size).toBe(1);
    process(delivery);
    expect(actor).toMatchObject({ head: 1, state: { done: ["a"] } });
  });

  test("gives each reminder that it sets a generation of its own", () => {
    const { staged } = process(deliver("alarm"));
    expect(staged?.reminders).toMatchObject([{ name: "alarm", generation: expect.any(Number), set: { every: null } }]);
  });
});

describe("a message with effects that fails", () => {
  test("keeps their results for its next attempt, which does not call them again; its sends are discarded", () => {
    failures = 1;
    const delivery = deliver("ask");
    const first = process(delivery, "one");
    const effects = [{ name: "first", attempts: 1, result: "one" }];
    expect(first.staged).toMatchObject({ disposition: { kind: "nack", progress: { effects } }, sends: [] });
    const second = process(delivery, "two");
    expect(second.staged).toMatchObject({ after: { done: ["one", "two"] }, disposition: { kind: "ack" } });
    expect(second.staged?.sends).toHaveLength(1);
    expect(kinds()).toEqual(["received", "effect", "attempt_failed", "received", "effect", "turn"]);
    expect(entries[3]?.body).toMatchObject({ kind: "received", effects });
  });

  test("replays as it was", () => {
    failures = 1;
    const delivery = deliver("ask");
    process(delivery, "one");
    process(delivery, "two");
    // The recorded throw was by chance: the replayed code throws where it threw.
    const found = divergences();
    expect(found.filter(({ seq }) => seq !== 3)).toEqual([]);
  });

  test("becomes a dead letter with them", () => {
    failures = 2;
    const delivery = deliver("ask");
    process(delivery, "one");
    const { staged } = process(delivery);
    expect(staged?.disposition).toMatchObject({
      kind: "dead",
      letter: { effects: [{ name: "first", result: "one" }] },
    });
    expect(kinds()).toEqual(["received", "effect", "attempt_failed", "received", "attempt_failed"]);
  });
});

describe("a command whose caller waits", () => {
  const asked = (resolve: () => void, reject: () => void) =>
    new Delivery({
      message: { id: "ask", command: "ask", payload: {}, now: 0 },
      kind: "command",
      idempotencyKey: undefined,
      caller: { resolve, reject },
      mailSeq: 0,
      finished: () => undefined,
    });

  test("enters the mailbox with its first effect, and leaves it with its turn", () => {
    const received: string[] = [];
    const delivery = asked(
      () => received.push("reply"),
      () => received.push("error"),
    );
    const first = step(actor, delivery, context);
    expect(first.staged?.disposition).toMatchObject({ kind: "enter", mail: { messageId: "ask", command: "ask" } });
    expect(actor.mailbox.head.size).toBe(1);
    commit(first.staged);
    const { open } = actor;
    open?.effects.push({ name: "first", attempts: 1, result: "1" }, { name: "second", attempts: 1, result: "2" });
    const last = open === null ? {} : resume(actor, open, context);
    expect(last.staged?.disposition).toEqual({ kind: "ack", mailSeq: delivery.mail?.mailSeq });
    commit(last.staged);
    expect(actor.mailbox.head.size).toBe(0);
    expect(received).toEqual(["reply"]);
  });

  test("that then fails is no dead letter: its caller gets the error", () => {
    failures = 1;
    const received: string[] = [];
    const delivery = asked(
      () => received.push("reply"),
      () => received.push("error"),
    );
    commit(step(actor, delivery, context).staged);
    actor.open?.effects.push({ name: "first", attempts: 1, result: "1" });
    const last = actor.open === null ? {} : resume(actor, actor.open, context);
    expect(last.staged?.disposition).toMatchObject({ kind: "ack" });
    commit(last.staged);
    expect(received).toEqual(["error"]);
  });
});
