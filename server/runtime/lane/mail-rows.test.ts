import { describe, expect, test } from "vitest";
import { GreenroomError } from "../../core/errors.ts";
import { noteInMemory } from "../../testing/runtime/deliveries.ts";
import { mailAt } from "../../testing/runtime/mails.ts";
import { Note } from "../../testing/types/note.ts";
import type { StagedTurn } from "../actor/staged-turn.ts";
import type { ActorId } from "../ports/ids.ts";
import type { StagedReminder } from "../ports/mail-rows.ts";
import type { ExternalWrite } from "../shared/external-write.ts";
import { dispositionOnFailure } from "../turn/disposition.ts";
import { externalRows, mailRows } from "./mail-rows.ts";

const receiver = { type: "note", keyText: "n2", id: 8 as ActorId };
const envelope = { messageId: "m", command: "leave", payload: "{}", idempotencyKey: null, sender: null, sentAt: 5 };
const settle = () => undefined;

function write(more: Partial<StagedTurn>): StagedTurn {
  const actor = noteInMemory("n1", { id: 7, revision: 3, text: "" });
  const message = { id: "m-1", command: "leave", payload: {}, now: 0 };
  const state = {
    before: null,
    after: null,
    expected: 3,
    head: 3,
    bytes: null,
    entries: [],
    afterSeq: 0,
    message,
    turnTime: 0,
  };
  const rest = { disposition: null, sends: [], reminders: [], answer: null, open: false, outputs: [], tasks: [] };
  return { actor, ...state, ...rest, broken: false, ...more };
}

describe("external writes", () => {
  test("become rows by their kind; a queued message reserves its idempotency key, with no reply yet", () => {
    const keyed = { ...envelope, idempotencyKey: "k" };
    const posts: ExternalWrite[] = [
      { kind: "tell", to: receiver, mailSeq: 1, mail: { ...envelope, to: receiver, mailSeq: 1 }, digest: null, settle },
      { kind: "tell", to: receiver, mailSeq: 2, mail: { ...keyed, to: receiver, mailSeq: 2 }, digest: "d", settle },
      { kind: "firing", to: receiver, mailSeq: 3, name: "r", generation: 9, messageId: "f", next: 60, settle },
      { kind: "redrive", to: receiver, mailSeq: 4, messageId: "dead", job: "j", settle },
    ];
    expect(externalRows(posts)).toEqual({
      mails: [
        { ...envelope, to: 8, mailSeq: 1, from: null },
        { ...keyed, to: 8, mailSeq: 2, from: null },
      ],
      replies: [{ id: 8, idempotencyKey: "k", digest: "d", messageId: "m", reply: null, head: 0 }],
      firings: [{ actor: 8, name: "r", generation: 9, mailSeq: 3, messageId: "f", next: 60 }],
      redrives: [{ messageId: "dead", job: "j", mailSeq: 4 }],
    });
  });
});

describe("the mail of turns", () => {
  test("becomes rows by the disposition of their own message, and the messages that they send", () => {
    const failed = new GreenroomError("handler_failed", "late");
    const progress = mailAt(2, { attempts: 1, started: true });
    const dead = dispositionOnFailure({ ...Note, attempts: 1 }, mailAt(4), failed, [], 0);
    const nack = dispositionOnFailure(Note, mailAt(3), failed, [], 0);
    const rows = mailRows(
      [
        write({ disposition: { kind: "ack", mailSeq: 1 }, sends: [{ ...envelope, to: receiver, mailSeq: 10 }] }),
        write({ disposition: { kind: "begin", mailSeq: 2, progress } }),
        write({ disposition: nack }),
        write({ disposition: dead, head: 12 }),
        write({ disposition: { kind: "enter", mail: mailAt(5) } }),
        write({}),
      ],
      [{ ...envelope, to: receiver.id, mailSeq: 9, from: null }],
    );
    expect(rows.mails.map(({ to, mailSeq, from }) => [to, mailSeq, from])).toEqual([
      [8, 9, null],
      [8, 10, { actor: 7, command: "leave" }],
      [7, 5, null],
    ]);
    expect(rows.acks).toEqual([{ actor: 7, mailSeq: 1 }]);
    expect(rows.nacks).toMatchObject([
      { actor: 7, mailSeq: 2, attempts: 1, started: true, error: null },
      { actor: 7, mailSeq: 3, attempts: 1, started: false, error: { message: "late" } },
    ]);
    expect(rows.dead).toMatchObject(
      [{ actor: 7, mailSeq: 4, attempts: 1, head: 12, code: Note.code, title: /late/ }].map((row) => ({
        ...row,
        title: expect.stringMatching(row.title),
      })),
    );
    expect(rows.dead[0]).not.toHaveProperty("id");
  });

  test("has only the last change of each reminder", () => {
    const set = (name: string, generation: number, at: number): StagedReminder => {
      return { name, generation, set: { at, every: null, command: "leave", payload: {} } };
    };
    const rows = mailRows(
      [
        write({ reminders: [set("a", 1, 10), set("b", 2, 10), { name: "c", generation: 3, set: null }] }),
        write({ reminders: [set("a", 4, 20), { name: "b", generation: 5, set: null }, set("c", 6, 30)] }),
      ],
      [],
    );
    expect(rows.reminders).toEqual([
      { actor: 7, name: "a", generation: 4, at: 20, every: null, command: "leave", payload: "{}" },
      { actor: 7, name: "c", generation: 6, at: 30, every: null, command: "leave", payload: "{}" },
    ]);
    expect(rows.cancelled).toEqual([{ actor: 7, name: "b" }]);
  });
});
