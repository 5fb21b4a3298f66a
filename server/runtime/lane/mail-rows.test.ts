import { describe, expect, test } from "vitest";
import { GreenroomError } from "../../core/errors.ts";
import { noteInMemory } from "../../testing/deliveries.ts";
import { mailAt } from "../../testing/mails.ts";
import { Note } from "../../testing/note.ts";
import type { Write } from "../actor/actor.ts";
import type { ActorId } from "../ports/ids.ts";
import type { PlacedReminder } from "../ports/mail-rows.ts";
import type { Post } from "../shared/external-write.ts";
import { verdictOnFailure } from "../turn/disposition.ts";
import { mailRows, postRows } from "./mail-rows.ts";

const receiver = { type: "note", keyText: "n2", id: 8 as ActorId };
const envelope = { messageId: "m", command: "leave", payload: "{}", idempotencyKey: null, sender: null, sentAt: 5 };
const settle = () => undefined;

function write(more: Partial<Write>): Write {
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
  const rest = { verdict: null, sends: [], reminders: [], answer: null, open: false, outputs: [], tasks: [] };
  return { actor, ...state, ...rest, broken: false, ...more };
}

describe("what came from outside of turns", () => {
  test("becomes rows by its kind; a told message takes its key, whose reply is yet to come", () => {
    const keyed = { ...envelope, idempotencyKey: "k" };
    const posts: Post[] = [
      { kind: "tell", to: receiver, id: 1, mail: { ...envelope, to: receiver, id: 1 }, digest: null, settle },
      { kind: "tell", to: receiver, id: 2, mail: { ...keyed, to: receiver, id: 2 }, digest: "d", settle },
      { kind: "firing", to: receiver, id: 3, name: "r", generation: 9, messageId: "f", next: 60, settle },
      { kind: "redrive", to: receiver, id: 4, messageId: "dead", job: "j", settle },
    ];
    expect(postRows(posts)).toEqual({
      mails: [
        { ...envelope, to: 8, id: 1, from: null },
        { ...keyed, to: 8, id: 2, from: null },
      ],
      replies: [{ id: 8, idempotencyKey: "k", digest: "d", messageId: "m", reply: null, head: 0 }],
      firings: [{ actor: 8, name: "r", generation: 9, mail: 3, messageId: "f", next: 60 }],
      redrives: [{ messageId: "dead", job: "j", mail: 4 }],
    });
  });
});

describe("what turns do to mailboxes", () => {
  test("becomes rows by the verdict on their own message, and those that they send", () => {
    const failed = new GreenroomError("handler_failed", "late");
    const progress = mailAt(2, { attempts: 1, begun: true });
    const dead = verdictOnFailure({ ...Note, attempts: 1 }, mailAt(4), failed, [], 0);
    const nack = verdictOnFailure(Note, mailAt(3), failed, [], 0);
    const rows = mailRows(
      [
        write({ verdict: { kind: "ack", place: 1 }, sends: [{ ...envelope, to: receiver, id: 10 }] }),
        write({ verdict: { kind: "begin", place: 2, progress } }),
        write({ verdict: nack }),
        write({ verdict: dead, head: 12 }),
        write({ verdict: { kind: "enter", mail: mailAt(5) } }),
        write({}),
      ],
      [{ ...envelope, to: receiver.id, id: 9, from: null }],
    );
    expect(rows.mails.map(({ to, id, from }) => [to, id, from])).toEqual([
      [8, 9, null],
      [8, 10, { actor: 7, command: "leave" }],
      [7, 5, null],
    ]);
    expect(rows.acks).toEqual([{ actor: 7, mail: 1 }]);
    expect(rows.nacks).toMatchObject([
      { actor: 7, mail: 2, attempts: 1, begun: true, error: null },
      { actor: 7, mail: 3, attempts: 1, begun: false, error: { message: "late" } },
    ]);
    expect(rows.dead).toMatchObject(
      [{ actor: 7, mail: 4, attempts: 1, head: 12, code: Note.code, title: /late/ }].map((row) => ({
        ...row,
        title: expect.stringMatching(row.title),
      })),
    );
    expect(rows.dead[0]).not.toHaveProperty("id");
  });

  test("of each reminder the last word counts", () => {
    const set = (name: string, generation: number, at: number): PlacedReminder => {
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
