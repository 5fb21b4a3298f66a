import { describe, expect, test } from "vitest";
import { z } from "zod";
import { contract } from "../define/contract.ts";
import { Outbox, type When } from "./outbox.ts";

const own = contract({ type: "own", key: ["id"], commands: { ring: z.object({ n: z.number().default(1) }) } });
const other = contract({ type: "other", key: ["a", "b"], commands: { put: z.object({ text: z.string() }) } });
const NOW = Date.parse("2026-01-01T00:00:00Z");
const outbox = (messageId = "m1") => new Outbox(messageId, NOW, own);

describe("a message that a turn sends", () => {
  test("has its receiver's key as text, and the payload that the schema returned", () => {
    const box = outbox();
    box.send(other, ["x y", "z"], "put", { text: "t" });
    box.send(own, ["1"], "ring", {});
    expect(box.sends).toMatchObject([
      { type: "other", key: "x~20y:z", command: "put", payload: { text: "t" } },
      { type: "own", key: "1", command: "ring", payload: { n: 1 } },
    ]);
  });

  test("is a copy: later changes by the handler do not affect it", () => {
    const box = outbox();
    const payload = { text: "before" };
    box.send(other, ["a", "b"], "put", payload);
    payload.text = "after";
    expect(box.sends[0]?.payload).toEqual({ text: "before" });
  });

  test("has its own id, which is the same each time the turn runs", () => {
    const ids = (messageId: string) => {
      const box = outbox(messageId);
      for (let i = 0; i < 3; i++) box.send(own, ["1"], "ring", {});
      return box.sends.map((send) => send.messageId);
    };
    expect(ids("m1")).toEqual(ids("m1"));
    expect(new Set([...ids("m1"), ...ids("m2")]).size).toBe(6);
  });

  test.each([
    ["too few segments", ["a"], "put", { text: "" }, "invalid_key"],
    ["an empty segment", ["a", ""], "put", { text: "" }, "invalid_key"],
    ["a key that is too long", ["a", "k".repeat(1_025)], "put", { text: "" }, "invalid_key"],
    ["a command that there is not", ["a", "b"], "get", { text: "" }, "unknown_command"],
    ["a command that every object has", ["a", "b"], "constructor", { text: "" }, "unknown_command"],
    ["a payload that does not fit", ["a", "b"], "put", { text: 1 }, "invalid_payload"],
    ["a payload that JSON cannot hold", ["a", "b"], "put", { text: "\u0000" }, "invalid_payload"],
    ["a payload above 1 MiB", ["a", "b"], "put", { text: "x".repeat(1024 * 1024) }, "payload_too_large"],
  ])("is refused with %s", (_, key, command, payload, code) => {
    const box = outbox();
    expect(() => box.send(other, key, command, payload)).toThrow(expect.objectContaining({ code }));
    expect(box.sends).toEqual([]);
  });

  test("is at most 1,000 messages", () => {
    const box = outbox();
    for (let i = 0; i < 1_000; i++) box.send(own, ["1"], "ring", {});
    expect(() => box.send(own, ["1"], "ring", {})).toThrow(expect.objectContaining({ code: "overloaded" }));
    expect(box.sends).toHaveLength(1_000);
  });
});

describe("a reminder", () => {
  test.each([
    [{ at: "2026-01-31T09:00:00Z" }, Date.parse("2026-01-31T09:00:00Z"), null],
    [{ at: "2020-01-31T09:00:00Z" }, Date.parse("2020-01-31T09:00:00Z"), null],
    [{ after: "2d" }, NOW + 172_800_000, null],
    [{ after: "0ms" }, NOW, null],
    [{ every: "1h" }, NOW + 3_600_000, 3_600_000],
  ] satisfies [When, number, number | null][])("set %j has its time", (when, at, every) => {
    const box = outbox();
    box.remind("r", when, "ring", {});
    expect(box.reminders).toEqual([{ name: "r", set: { at, every, command: "ring", payload: { n: 1 } } }]);
  });

  test("that is cancelled and set again is recorded in this order", () => {
    const box = outbox();
    box.cancelReminder("r");
    box.remind("r", { after: "1s" }, "ring", { n: 2 });
    expect(box.reminders).toMatchObject([
      { name: "r", set: null },
      { name: "r", set: { payload: { n: 2 } } },
    ]);
  });

  test.each([
    [{ at: "tomorrow" }],
    [{ at: "2026-13-01T00:00:00Z" }],
    [{ at: "" }],
    [{ at: "2026-01-01T00:00:00" }],
    [{ at: "2026-01-01" }],
    [{ at: "2026-02-30T00:00:00Z" }],
    [{ at: "+275760-09-13T00:00:00Z" }],
    [{ after: "999999999d" }],
    [{ after: "5 minutes" }],
    [{ every: "999ms" }],
    [{ every: "0s" }],
  ] as [When][])("is refused at the time %j", (when) => {
    expect(() => outbox().remind("r", when, "ring", {})).toThrow(TypeError);
  });

  test.each(["", " lead", "tab\there", "ünicode", "n".repeat(257)])("is refused with the name %j", (name) => {
    expect(() => outbox().remind(name, { after: "1s" }, "ring", {})).toThrow(TypeError);
    expect(() => outbox().cancelReminder(name)).toThrow(TypeError);
  });

  test("is refused with a command of another type, or an invalid payload", () => {
    expect(() => outbox().remind("r", { after: "1s" }, "put", {})).toThrow(
      expect.objectContaining({ code: "unknown_command" }),
    );
    expect(() => outbox().remind("r", { after: "1s" }, "ring", { n: "1" })).toThrow(
      expect.objectContaining({ code: "invalid_payload" }),
    );
  });

  test("is one of at most 100 that a turn sets or cancels", () => {
    const box = outbox();
    for (let i = 0; i < 50; i++) {
      box.remind(`r${i}`, { after: "1s" }, "ring", {});
      box.cancelReminder(`r${i}`);
    }
    expect(() => box.cancelReminder("r")).toThrow(expect.objectContaining({ code: "overloaded" }));
  });
});
