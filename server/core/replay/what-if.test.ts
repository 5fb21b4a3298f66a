import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { emptyHead, fold } from "../../protocol/fold.ts";
import type { Entry, TurnEntry } from "../../protocol/journal.ts";
import type { Edit, WhatIfRun } from "../../protocol/what-if.ts";
import { type EffectOutcome, MemoryJournal } from "../../testing/runtime/memory-journal.ts";
import { ledgerType, World } from "../../testing/types/ledger.ts";
import { type ActorType, defineActor } from "../define/define.ts";
import { namedKey } from "../turn/turn.ts";
import { Replay } from "./replay.ts";
import { runWhatIf } from "./what-if.ts";

const KEY = ["k"];
const world = new World();
const Ledger = ledgerType(world);

type Message = [command: string, payload: object, effects?: readonly EffectOutcome[]];

function journalOf(messages: readonly Message[], type: ActorType = Ledger): Entry[] {
  const journal = new MemoryJournal(type, KEY);
  for (const [command, payload, effects] of messages) journal.send(command, payload, effects);
  return journal.entries;
}

const headOf = (entries: readonly Entry[]) => fold(emptyHead(Ledger.version), structuredClone([...entries]));

/** A what-if over a whole journal after a seq. */
function tryOn(entries: readonly Entry[], edits: readonly Edit[], at = 0, type: ActorType = Ledger): WhatIfRun {
  const following = structuredClone(entries.slice(at));
  return runWhatIf(type, namedKey(type, KEY), {
    base: headOf(entries.slice(0, at)),
    entries: following,
    edits,
    now: 0,
  });
}

/** A journal without stacks, which depend on where the code threw. */
const withoutStacks = (entries: readonly Entry[]): unknown =>
  JSON.parse(JSON.stringify(entries, (name, value: unknown) => (name === "stack" ? undefined : value)));

const result = (value: number): EffectOutcome => ({ result: value });
const add = (amount: number): Message => ["add", { amount }];
const outcomes = ({ steps }: WhatIfRun) => steps.map(({ outcome }) => outcome);

const message = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }).map(add) },
  { weight: 1, arbitrary: fc.constant<Message>(["crash", {}]) },
  { weight: 1, arbitrary: fc.constant<Message>(["refuse", {}]) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.integer(), { minLength: 1, maxLength: 2 })
      .map((answers): Message => ["ask", { names: answers.map((_, i) => `e${i}`) }, answers.map(result)]),
  },
  { weight: 1, arbitrary: fc.constant<Message>(["askOrNote", {}, [{ error: { name: "E", message: "down" } }]]) },
);
const messages = fc.array(message, { maxLength: 12 });
/** The seqs at which turns end, and 0. */
const ends = (entries: readonly Entry[]) => [
  0,
  ...entries.flatMap(({ seq, body }) => (body.kind === "turn" || body.kind === "attempt_failed" ? [seq] : [])),
];

describe("a what-if without edits", () => {
  test("is the recorded history, wherever it starts", () => {
    fc.assert(
      fc.property(messages, fc.nat(), (sent, choice) => {
        const entries = journalOf(sent);
        const cuts = ends(entries);
        const at = cuts[choice % cuts.length] as number;
        const run = tryOn(entries, [], at);
        expect(withoutStacks(run.entries)).toEqual(withoutStacks(entries.slice(at)));
        expect(run.first).toBeNull();
        expect(run.steps.every(({ edit, differs }) => edit === "none" && differs === null)).toBe(true);
      }),
    );
  });

  test("that starts in the middle of a turn runs that turn from its start", () => {
    const entries = journalOf([add(1), ["ask", { names: ["a", "b"] }, [result(2), result(3)]], add(4)]);
    const run = tryOn(entries, [], 3);
    expect(run.entries.map(({ seq, body: { kind } }) => [seq, kind])).toEqual([
      ...[
        [4, "received"],
        [5, "effect"],
        [6, "effect"],
        [7, "turn"],
      ],
      [8, "turn"],
    ]);
    expect([run.first, run.steps.map(({ seq, head }) => [seq, head])]).toEqual([
      null,
      [
        [5, 7],
        [6, 8],
      ],
    ]);
  });

  test("with other code reports the first divergence, with both values, and continues from its own state", () => {
    const entries = journalOf([add(1), add(20), add(3)]);
    const atMost10: ActorType = {
      ...Ledger,
      handlers: new Map(Ledger.handlers).set("add", ((
        c: { state: { total: number } },
        { amount }: { amount: number },
      ) => {
        c.state.total += Math.min(amount, 10);
      }) as never),
    };
    const silent = journalOf([["add", { amount: 1 }]], atMost10);
    expect(tryOn(silent, [], 0, atMost10).first).toBeNull();
    const run = tryOn(entries, [], 0, atMost10);
    expect(run.first).toEqual({ seq: 1, kind: "reply", path: [], recorded: 1, actual: null });
    expect(headOf(run.entries).state).toEqual({ total: 14, notes: [] });
  });
});

describe("a what-if with edits", () => {
  /** One edit: a message skipped, changed or added. */
  const change = fc.record({
    kind: fc.constantFrom("leave out", "change", "add"),
    position: fc.nat(),
    amount: fc.integer({ min: 1, max: 9 }),
  });

  test("equals a history that had the edited messages from the start", () => {
    fc.assert(
      fc.property(messages, fc.array(change, { maxLength: 4 }), (sent, changes) => {
        const entries = journalOf(sent);
        const recorded = entries.flatMap(({ seq, body }) =>
          body.kind === "turn" || body.kind === "attempt_failed" ? [{ seq, id: body.messageId }] : [],
        );
        const line = recorded.map(({ seq, id }) => ({ seq, id, sent: sent[Number(id.slice(1))] as Message }));
        const edits: Edit[] = [];
        const edited = new Map<string, Message | null>();
        const added: { after: number; message: Message }[] = [];
        for (const { kind, position, amount } of changes) {
          const at = line[position % Math.max(1, line.length)];
          if (kind === "add") {
            const after = at?.seq ?? 0;
            added.push({ after, message: add(amount) });
            edits.push({ after, command: "add", payload: { amount }, effects: [] });
          } else if (at !== undefined && !edited.has(at.id) && (kind === "leave out" || at.sent[0] === "add")) {
            edited.set(at.id, kind === "leave out" ? null : add(amount));
            edits.push(
              kind === "leave out"
                ? { message: at.id, skip: true }
                : { message: at.id, payload: { amount }, effects: [] },
            );
          }
        }
        const following = (seq: number) => added.filter(({ after }) => after === seq).map((one) => one.message);
        const wanted = [
          ...following(0),
          ...line.flatMap(({ seq, id, sent }) => [
            ...(edited.has(id) ? [edited.get(id) ?? []].filter((one): one is Message => one.length > 0) : [sent]),
            ...following(seq),
          ]),
        ];
        const run = tryOn(entries, edits);
        expect(headOf(run.entries).state).toEqual(headOf(journalOf(wanted)).state);
        // Its result is a valid history: replay finds no divergence.
        const replay = new Replay(Ledger, namedKey(Ledger, KEY));
        expect(run.entries.flatMap((entry) => replay.next(structuredClone(entry)) ?? [])).toEqual([]);
        expect(world.calls).toEqual([]);
      }),
    );
  });

  test("reports the edit, the outcome and the difference of each message", () => {
    const entries = journalOf([add(1), add(2), ["crash", {}], add(4)]);
    const run = tryOn(entries, [
      { message: "m1", skip: true },
      { after: 3, command: "refuse", payload: {}, effects: [] },
      { message: "m3", payload: { amount: 6 }, effects: [] },
    ]);
    expect(run.steps.map(({ seq, head, edit, outcome, differs }) => [seq, head, edit, outcome, differs])).toEqual([
      [1, 1, "none", "done", null],
      [2, 1, "skipped", "skipped", "state"],
      [3, 2, "none", "threw", "state"],
      [null, 3, "added", "rejected", "state"],
      [4, 4, "changed", "done", null],
    ]);
    expect(run.first).toEqual({ seq: 2, kind: "state", path: ["total"], recorded: 3, actual: 1 });
  });

  test("of missing messages or seqs, or with invalid payloads, is refused", () => {
    const entries = journalOf([add(1)]);
    const refused = (edit: Edit) => {
      try {
        return tryOn(entries, [edit]);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(refused({ message: "m9", skip: true })).toBe("not_found");
    expect(refused({ after: 2, command: "add", payload: { amount: 1 }, effects: [] })).toBe("not_found");
    expect(refused({ after: 0, command: "total", payload: {}, effects: [] })).toBe("unknown_command");
    expect(refused({ after: 0, command: "add", payload: { amount: "1" }, effects: [] })).toBe("invalid_payload");
    expect(refused({ message: "m0", payload: {}, effects: [] })).toBe("invalid_payload");
  });
});

test("an added message has the time of the previous message; without one, that of the next", () => {
  const entries = journalOf([add(1), add(2), add(3)]).map((entry) => later(entry, 1_000));
  const added = (after: number): Edit => ({ after, command: "add", payload: { amount: 5 }, effects: [] });
  const times = tryOn(entries, [added(0), added(2)]).steps.map(({ message }) => message.now);
  expect(times).toEqual([1_000, 1_000, 1_001, 1_001, 1_002]);
});

function later(entry: Entry, by: number): Entry {
  const { message } = entry.body as TurnEntry;
  if (message === undefined) return entry;
  return { ...entry, body: { ...entry.body, message: { ...message, now: message.now + by } } as TurnEntry };
}

describe("an effect", () => {
  const asked: Message = ["ask", { names: ["quote"] }, [result(5)]];

  test("is answered by the record, by a given result or by an error, and the source is reported", () => {
    const entries = journalOf([asked]);
    const choose = (effects: object[]) => tryOn(entries, [{ message: "m0", effects } as Edit]);
    expect(choose([]).steps).toMatchObject([{ outcome: "done", effects: [{ source: "recorded" }], differs: null }]);
    const given = choose([{ n: 0, result: 7 }]);
    expect([given.steps[0]?.effects, headOf(given.entries).state]).toEqual([
      [{ source: "given", effect: { name: "quote", attempts: 1, result: 7 } }],
      { total: 7, notes: ["quote=7"] },
    ]);
    const failing = choose([{ n: 0, error: { name: "TerminalError", message: "closed" } }]);
    expect(failing.steps).toMatchObject([{ outcome: "threw", effects: [{ source: "failing" }], differs: "throw" }]);
    expect(failing.entries.map(({ body: { kind } }) => kind)).toEqual(["received", "effect", "attempt_failed"]);
  });

  test("without an answer stops the run and is named; nothing is called", () => {
    const entries = journalOf([asked, add(1)]);
    const edits: Edit[] = [{ message: "m0", payload: { names: ["quote", "other"] }, effects: [] }];
    const run = tryOn(entries, edits);
    expect(run.steps).toMatchObject([
      { outcome: "wants", effects: [{ source: "recorded" }], wants: { name: "other", n: 1, recorded: null }, head: 0 },
    ]);
    expect([run.entries, run.first]).toEqual([
      [],
      { seq: 3, kind: "other effect", path: [], recorded: null, actual: "other" },
    ]);
    const added = tryOn(entries, [{ after: 0, command: "ask", payload: { names: ["x"] }, effects: [] }]);
    expect(outcomes(added)).toEqual(["wants"]);
    const given: Edit[] = [{ after: 0, command: "ask", payload: { names: ["x"] }, effects: [{ n: 0, result: 1 }] }];
    expect(outcomes(tryOn(entries, given))).toEqual(["done", "done", "done"]);
    expect(world.calls).toEqual([]);
  });

  test("that the code no longer requests is a divergence", () => {
    const entries = journalOf([asked]);
    const run = tryOn(entries, [{ message: "m0", payload: { names: [] }, effects: [] }]);
    expect(run.first).toMatchObject({ kind: "missing effect", recorded: "quote", actual: null });
  });

  test("cannot have an answer that is not JSON", () => {
    const hostile = JSON.parse('{"__proto__": {}}');
    const error = { name: "E", message: "\u0000" };
    for (const choice of [
      { n: 0, result: hostile },
      { n: 0, error },
    ]) {
      const edits: Edit[] = [{ message: "m0", effects: [choice] }];
      expect(() => tryOn(journalOf([asked]), edits)).toThrow(expect.objectContaining({ code: "invalid_payload" }));
    }
  });

  test("is not answered by a recorded effect of another name", () => {
    const run = tryOn(journalOf([asked]), [{ message: "m0", payload: { names: ["other"] }, effects: [] }]);
    expect(run.steps).toMatchObject([{ outcome: "wants", wants: { name: "other", n: 0, recorded: "quote" } }]);
    expect(run.first).toMatchObject({ kind: "other effect", recorded: "quote", actual: "other" });
  });
});

test("a retried message is done as soon as one attempt succeeds", () => {
  const [crash, one, nine] = journalOf([["crash", {}], add(1), add(9)]) as [Entry, Entry, Entry];
  // Like a mailbox: the message failed first, was retried later, and succeeded.
  const { messageId, message } = nine.body as TurnEntry;
  const failed = { ...crash, body: { ...crash.body, messageId, message } } as Entry;
  expect(tryOn([failed, one, nine], []).steps.map(({ outcome, differs }) => [outcome, differs])).toEqual([
    ["done", "throw"],
    ["done", "reply"],
    ["done earlier", null],
  ]);
});

describe("a message that a turn sends", () => {
  const Sender = defineActor({
    type: "sender",
    key: ["id"],
    persistence: "journal",
    state: z.object({ sent: z.number() }),
    initial: () => ({ sent: 0 }),
    commands: { send: z.object({ times: z.number() }) },
    queries: {},
    on: {
      send(c, { times }) {
        for (let i = 0; i < times; i++) c.send(Sender as never, ["other"], "send", { times: 0 });
        if (times === 2) c.remind("later", { after: "1m" }, "send", { times: 0 });
      },
    },
    passivateAfter: "30m",
  }) as ActorType;

  test("is listed and marked as not sent; other sends, or none, are a divergence", () => {
    const entries = journalOf([["send", { times: 1 }]], Sender);
    const more = tryOn(entries, [{ message: "m0", payload: { times: 2 }, effects: [] }], 0, Sender);
    expect(more.first).toMatchObject({ seq: 1, kind: "send", recorded: [{ type: "sender" }] });
    const body = { unsent: true, sends: [{}, {}], reminders: [{ name: "later" }] };
    expect(more.entries[0]?.body).toMatchObject(body);
    expect(entries[0]?.body).not.toHaveProperty("unsent");
    const none = tryOn(entries, [{ message: "m0", skip: true }], 0, Sender);
    expect(none.first).toMatchObject({ kind: "state", recorded: { sent: 0 }, actual: null });
  });
});

describe("a state of an older version", () => {
  const Newer: ActorType = {
    ...Ledger,
    version: 2,
    migrate: { 1: ((state: { total: number }) => ({ ...state, total: state.total * 100 })) as never },
  };

  test("is migrated first, and compared with the migrated record", () => {
    const entries = journalOf([add(1), add(2)]);
    const run = tryOn(entries, [], 1, Newer);
    expect(run.entries.map(({ body: { kind } }) => kind)).toEqual(["migrated", "turn"]);
    expect(run.first).toMatchObject({ seq: 2, kind: "reply", recorded: 3, actual: 102 });
  });

  test("that cannot be migrated is refused", () => {
    const entries = journalOf([add(1), add(2)]).map((entry) => ({
      ...entry,
      body: entry.body.kind === "turn" ? { ...entry.body, version: 3 } : entry.body,
    }));
    expect(() => tryOn(entries, [], 1, Newer)).toThrow(expect.objectContaining({ code: "handler_failed" }));
  });
});
