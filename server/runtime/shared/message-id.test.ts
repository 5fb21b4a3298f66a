import { describe, expect, test } from "vitest";
import { markOf, messageIdFor, readMessageId } from "./message-id.ts";

const actor = { type: "counter", keyText: "c1" };
const at = Date.parse("2026-11-22T07:00:00.123Z");

describe("the id of a message", () => {
  test("is a UUID with its time and its receiver's mark", () => {
    const id = messageIdFor(markOf(actor), at);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const read = readMessageId(id);
    expect(read).toEqual({ at, mark: expect.stringMatching(/^[0-9a-f]{8}$/) });
    expect(readMessageId(messageIdFor(markOf(actor), at + 1))?.mark).toBe(read?.mark);
    expect(readMessageId(messageIdFor(markOf({ ...actor, keyText: "c2" }), at))?.mark).not.toBe(read?.mark);
  });

  test("is unique for each message of an actor, even at the same time", () => {
    expect(new Set(Array.from({ length: 1_000 }, () => messageIdFor(markOf(actor), at))).size).toBe(1_000);
  });

  test("is the same for the same random bits: a reminder that fires twice sends one message", () => {
    const bits = "0f9d4fd2-8f4c-4f3c-9b0e-3c1f5a6b7c8d";
    expect(messageIdFor(markOf(actor), at, bits)).toBe(messageIdFor(markOf(actor), at, bits));
  });

  test("is not readable when a turn sent the message", () => {
    expect(readMessageId("0f9d4fd2-8f4c-4f3c-9b0e-3c1f5a6b7c8d")).toBeNull();
  });
});
