import { describe, expect, test } from "vitest";
import { MAX_STATE } from "../../core/json/size.ts";
import type { Json } from "../../protocol/journal.ts";
import { deliver, noteInMemory } from "../../testing/runtime/deliveries.ts";
import { noMail, stepContext } from "../../testing/runtime/steps.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import { Actor } from "../actor/actor.ts";
import { Delivery } from "../actor/delivery.ts";
import { NewEntry } from "../actor/new-entry.ts";
import type { OpenTurn, StagedTurn } from "../actor/staged-turn.ts";
import type { ActorId } from "../ports/ids.ts";
import { digest } from "../shared/digest.ts";
import { resume, stageEffect, step } from "../turn/step.ts";
import { toBatch } from "./batch.ts";

const AT = Date.parse("2026-01-01T00:00:10Z");
const [one, two] = [
  () => noteInMemory("one", { id: 11, revision: 3, text: "old" }),
  () => noteInMemory("two", { id: 12, revision: 0, text: "" }),
];

let sent = 0;

/** The staged turn of a command, two seconds before the batch. */
function run(actor: Actor, operation: string, payload = {}, idempotencyKey?: string): StagedTurn {
  const key = idempotencyKey === undefined ? {} : { key: idempotencyKey };
  const { delivery } = deliver(operation, { id: `m-${++sent}`, payload, now: AT - 2_000, ...key });
  return step(actor, delivery, stepContext()).staged as StagedTurn;
}

describe("a batch", () => {
  test("writes a state over the revision that it replaces, with the last change", () => {
    const write = run(one(), "write", { text: "é" });
    const lastChange = {
      command: "write",
      messageId: write.message.id,
      at: "2026-01-01T00:00:08.000Z",
      paths: [["text"], ["edits"]],
      more: false,
    };
    expect(toBatch([write], { number: 5, at: AT, lastMailSeq: 0, previousDurationMs: null })).toMatchObject({
      rows: {
        number: 5,
        at: AT,
        turns: 1,
        states: [
          {
            id: 11,
            expected: 3,
            revision: 4,
            state: '{"text":"é","edits":4}',
            version: 1,
            lastChange,
            updatedAt: AT - 2_000,
          },
        ],
        entries: [],
        replies: [],
        ...noMail,
      },
      mailboxes: [],
      changes: [
        {
          type: "note",
          keyText: "one",
          id: 11,
          head: 4,
          state: { text: "é", edits: 4 },
          stateBytes: 23,
          lastChange,
          entries: [],
          at: AT,
        },
      ],
      oversize: [],
    });
  });

  test("writes the last of several states, over the revision before the first", () => {
    const [actor, other] = [one(), two()];
    const writes = [
      run(actor, "write", { text: "a" }),
      run(other, "write", { text: "b" }),
      run(actor, "write", { text: "c" }),
      run(actor, "retouch"),
    ];
    const { rows, changes } = toBatch(writes, { number: 5, at: AT, lastMailSeq: 0, previousDurationMs: null });
    expect(rows.turns).toBe(4);
    expect(rows.states).toMatchObject([
      {
        id: 11,
        expected: 3,
        revision: 6,
        state: '{"text":"c","edits":6}',
        lastChange: { command: "retouch", paths: [["edits"]] },
      },
      { id: 12, expected: 0, revision: 1 },
    ]);
    expect(changes.map(({ id, head }) => [id, head])).toEqual([
      [11, 6],
      [12, 1],
    ]);
  });

  test("records a first state as a change of everything", () => {
    const actor = noteInMemory("new");
    const write = run(actor, "write", { text: "a" });
    expect(toBatch([write], { number: 5, at: AT, lastMailSeq: 0, previousDurationMs: null }).rows.states).toMatchObject(
      [{ expected: 0, revision: 1, lastChange: { paths: [[]] } }],
    );
  });

  test("stores the replies under idempotency keys, each with its revision", () => {
    const actor = one();
    const replyRow = (key: string, command: string, payload: object) => ({
      id: 11,
      idempotencyKey: key,
      digest: digest(command, JSON.stringify(payload)),
    });
    const writes = [
      run(actor, "write", { text: "a" }, "k-1"),
      run(actor, "write", { text: "b" }),
      run(actor, "leave", {}, "k-2"),
    ];
    expect(toBatch(writes, { number: 5, at: AT, lastMailSeq: 0, previousDurationMs: null }).rows.replies).toEqual([
      { ...replyRow("k-1", "write", { text: "a" }), messageId: writes[0]?.message.id, reply: "4", head: 4 },
      { ...replyRow("k-2", "leave", {}), messageId: writes[2]?.message.id, reply: "5", head: 5 },
    ]);
  });

  test("writes no state for an actor whose turns only have replies to store", () => {
    const { rows, changes } = toBatch([run(one(), "leave", {}, "k-1")], {
      number: 5,
      at: AT,
      lastMailSeq: 0,
      previousDurationMs: null,
    });
    expect(rows).toMatchObject({ turns: 1, states: [], replies: [{ idempotencyKey: "k-1" }] });
    expect(changes).toEqual([]);
  });
});

describe("a batch of an actor with a journal", () => {
  const Ledger = ledgerType(new World());

  function ledger(): Actor {
    const actor = new Actor(Ledger, ["a"], "a", 0);
    actor.lifecycle = "active";
    actor.id = 21 as ActorId;
    return actor;
  }

  /** Processes a command up to its first effect, or its end. */
  function send(actor: Actor, command: string, payload: Json): StagedTurn {
    const message = { id: `m-${++sent}`, command, payload, now: AT };
    const parts = { message, kind: "command" as const, idempotencyKey: undefined, mailSeq: 0 };
    const delivery = new Delivery({ ...parts, caller: null, finished: () => undefined });
    return step(actor, delivery, stepContext()).staged as StagedTurn;
  }

  /** Completes an actor's effect; returns what the turn has to commit up to its next effect or its end. */
  function answer(actor: Actor, result: Json): StagedTurn[] {
    const turn = actor.open as OpenTurn;
    turn.effects.push({ name: "x", attempts: 1, result });
    const over = stageEffect(actor, turn);
    const { staged } = resume(actor, turn, stepContext());
    return staged === undefined ? [over] : [over, staged];
  }

  test("has every entry, numbered without gaps, and no state", () => {
    const actor = ledger();
    const writes = [1, 2].map((amount) => send(actor, "add", { amount }));
    writes.push(send(actor, "crash", {}));
    const { rows, changes } = toBatch(writes, { number: 5, at: AT, lastMailSeq: 0, previousDurationMs: null });
    expect(rows).toMatchObject({ turns: 3, states: [], mails: [], acks: [] });
    expect(rows.entries.map(({ id, seq, at, kind }) => [id, seq, at, kind])).toEqual([
      [21, 1, AT, "turn"],
      [21, 2, AT, "turn"],
      [21, 3, AT, "attempt_failed"],
    ]);
    expect(rows.entries.map((row) => row.body)).toEqual(
      writes.flatMap((write) => write.entries.map((entry) => entry.text)),
    );
    expect(changes).toMatchObject([
      {
        head: 3,
        state: { total: 3 },
        stateBytes: 22,
        lastChange: { command: "add", messageId: writes[1]?.message.id },
      },
    ]);
    expect(changes[0]?.entries).toMatchObject(
      rows.entries.map(({ seq, at, kind, body }) => {
        return { seq, at, kind, body: JSON.parse(body), bytes: Buffer.byteLength(body) };
      }),
    );
  });

  test("names the turn whose entry is too large, and keeps the rows of the others", () => {
    const large = ledger();
    const other = Object.assign(new Actor(Ledger, ["b"], "b", 0), { lifecycle: "active", id: 22 as ActorId });
    const writes = [large, large, other].map((actor) => send(actor, "add", { amount: 1 }));
    const [first, second, third] = writes as [StagedTurn, StagedTurn, StagedTurn];
    const reply = JSON.stringify("x".repeat(MAX_STATE));
    const swollen = { ...second, entries: [...second.entries, new NewEntry("turn", reply)] };
    const { oversize, rows, changes } = toBatch([first, swollen, third], {
      number: 5,
      at: AT,
      lastMailSeq: 0,
      previousDurationMs: null,
    });
    expect(oversize).toEqual([swollen]);
    expect(rows.entries.map((row) => row.id)).toEqual([22]);
    expect(changes.map((change) => change.id)).toEqual([22]);
  });

  test("keeps a turn that waits for an effect in the mailbox until it finishes", () => {
    const actor = ledger();
    const ask = send(actor, "ask", { names: ["x", "x"], attempts: 1 });
    const batch = { at: AT, lastMailSeq: 1, previousDurationMs: null };
    const mail = { to: 21, mailSeq: 1, messageId: ask.message.id, command: "ask" };
    expect(toBatch([ask], { ...batch, number: 5 }).rows).toMatchObject({ turns: 0, mails: [mail], acks: [] });
    expect(toBatch(answer(actor, 1), { ...batch, number: 6 }).rows).toMatchObject({ turns: 0, mails: [], acks: [] });
    const acks = [{ actor: 21, mailSeq: 1 }];
    expect(toBatch(answer(actor, 2), { ...batch, number: 7 }).rows).toMatchObject({ turns: 1, mails: [], acks });
  });
});
