import { describe, expect, test } from "vitest";
import { deliver, noteInMemory } from "../testing/deliveries.ts";
import type { Actor, Write } from "./actor.ts";
import { toBatch } from "./batch.ts";
import { digest } from "./digest.ts";
import { MAX_STATE } from "./limits.ts";
import { step } from "./step.ts";

const AT = Date.parse("2026-01-01T00:00:10Z");
const [one, two] = [
  () => noteInMemory("one", { id: 11, revision: 3, text: "old" }),
  () => noteInMemory("two", { id: 12, revision: 0, text: "" }),
];

let sent = 0;

/** What the turn of a command, two seconds before the batch, has to commit. */
function run(actor: Actor, operation: string, payload = {}, idempotencyKey?: string): Write {
  const key = idempotencyKey === undefined ? {} : { key: { idempotencyKey, digest: "" } };
  const { delivery } = deliver(operation, { id: `m-${++sent}`, payload, now: AT - 2_000, ...key });
  return step(actor, delivery).write as Write;
}

describe("a batch", () => {
  test("writes a state over the revision that it replaces, and says what changed it", () => {
    const write = run(one(), "write", { text: "é" });
    const lastChange = {
      command: "write",
      messageId: write.message.id,
      at: "2026-01-01T00:00:08.000Z",
      paths: [["text"], ["edits"]],
      more: false,
    };
    expect(toBatch([write], 5, AT)).toEqual({
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
        opened: [],
        closed: [],
      },
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

  test("writes of several versions of one state the last, over the revision before the first", () => {
    const [actor, other] = [one(), two()];
    const writes = [
      run(actor, "write", { text: "a" }),
      run(other, "write", { text: "b" }),
      run(actor, "write", { text: "c" }),
      run(actor, "retouch"),
    ];
    const { rows, changes } = toBatch(writes, 5, AT);
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

  test("says of a first state that all of it is new", () => {
    const actor = noteInMemory("new");
    const write = run(actor, "write", { text: "a" });
    expect(toBatch([write], 5, AT).rows.states).toMatchObject([
      { expected: 0, revision: 1, lastChange: { paths: [[]] } },
    ]);
  });

  test("keeps the replies under idempotency keys, each with the revision that it was made from", () => {
    const actor = one();
    const kept = (key: string, command: string, payload: object) => ({
      id: 11,
      idempotencyKey: key,
      digest: digest(command, JSON.stringify(payload)),
    });
    const writes = [
      run(actor, "write", { text: "a" }, "k-1"),
      run(actor, "write", { text: "b" }),
      run(actor, "leave", {}, "k-2"),
    ];
    expect(toBatch(writes, 5, AT).rows.replies).toEqual([
      { ...kept("k-1", "write", { text: "a" }), messageId: writes[0]?.message.id, reply: "4", head: 4 },
      { ...kept("k-2", "leave", {}), messageId: writes[2]?.message.id, reply: "5", head: 5 },
    ]);
  });

  test("writes no state of an actor whose turns have only replies to keep", () => {
    const { rows, changes } = toBatch([run(one(), "leave", {}, "k-1")], 5, AT);
    expect(rows).toMatchObject({ turns: 1, states: [], replies: [{ idempotencyKey: "k-1" }] });
    expect(changes).toEqual([]);
  });

  test("names the actors whose states are too large to keep, and has the others' rows", () => {
    const [large, other] = [one(), two()];
    const writes = [run(large, "write", { text: "x".repeat(MAX_STATE) }), run(other, "write", { text: "b" })];
    const { oversize, rows, changes } = toBatch(writes, 5, AT);
    expect(oversize).toEqual([large]);
    expect(rows.states.map((row) => row.id)).toEqual([12]);
    expect(changes.map((change) => change.id)).toEqual([12]);
  });
});
