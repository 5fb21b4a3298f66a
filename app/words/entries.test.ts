import { describe, expect, test } from "vitest";
import { wordsOf } from "../../server/protocol/entry-words.ts";
import type { Entry, EntryBody, RecordedMessage } from "../../server/protocol/journal.ts";
import { commandsIn, wholeStory, withoutCommand } from "./entries.ts";

const message = (id: string, command = "increment"): RecordedMessage => ({ id, command, payload: { by: 2 }, now: 0 });
const entry = (seq: number, body: EntryBody): Entry => ({ seq, at: 0, body });
const turn = { kind: "turn", reply: 3, version: 1, code: "c" } as const;

describe("the command of a turn with effects", () => {
  const received = entry(1, { kind: "received", messageId: "m1", message: message("m1", "enrich") });
  const over = entry(3, { ...turn, messageId: "m1" });
  const other = entry(4, { ...turn, messageId: "m2" });

  test("comes from its `received` entry", () => {
    expect(wordsOf(over, commandsIn([received])).name).toBe("enrich");
    expect(withoutCommand([other, over, received])).toEqual([other]);
  });
});

test("only a turn without effects contains its message's whole story", () => {
  const pure = entry(1, { ...turn, messageId: "m", message: message("m") });
  expect(wholeStory(pure)).toEqual({ message: message("m"), entries: [pure] });
  expect(wholeStory(entry(2, { ...turn, messageId: "m" }))).toBeNull();
  expect(wholeStory(entry(2, { kind: "received", messageId: "m", message: message("m") }))).toBeNull();
  expect(wholeStory(entry(2, { kind: "migrated", from: 1, to: 2, state: 0 }))).toBeNull();
});
