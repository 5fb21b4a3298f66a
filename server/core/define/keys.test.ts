import { describe, expect, test } from "vitest";
import { checkKey, decodeKey, encodeKey, type Key } from "./keys.ts";

const names = (count: number) => Array.from({ length: count }, (_, i) => `part${i + 1}`);

function check(key: readonly unknown[]): Key {
  checkKey(key, names(key.length));
  return key;
}

describe("a key", () => {
  test.each([
    ["of one segment", ["user001"]],
    ["of eight segments", names(8)],
    ["with dash, colon, slash, tilde, percent, dot and space", ["-", ":", "/", "~", "%", ".", " "]],
    ["with letters of every script", ["Zoë", "日本", "😀"]],
    ["with U+0000", ["\u0000"]],
    ["of 1,024 bytes", ["a".repeat(1_000), "é".repeat(12)]],
  ])("%s is valid", (_, key) => {
    expect(check(key)).toBe(key);
  });

  test.each([
    ["with an empty segment", ["a", ""], "part2 is empty"],
    ["with a segment that is no string", ["a", 1], "part2 must be a string"],
    ["with a missing segment", [undefined], "part1 must be a string"],
    ["with half of a surrogate pair", ["\ud83d"], "part1 contains an unpaired surrogate"],
    ["with the halves of a pair swapped", ["a\ude00\ud83d"], "part1 contains an unpaired surrogate"],
    ["of nine segments", names(9), "at most 8 segments"],
    ["of 1,025 bytes", ["a".repeat(1_000), "b".repeat(25)], "1025 bytes"],
    ["of 1,025 bytes in fewer characters", ["é".repeat(512), "a"], "1025 bytes"],
  ])("%s is refused", (_, key, message) => {
    expect(() => check(key)).toThrow(
      expect.objectContaining({ code: "invalid_key", message: expect.stringContaining(message) }),
    );
  });

  test.each([[[]], [["a"]], [["a", "b", "c"]]])("must have as many segments as its type names: not %j", (key) => {
    expect(() => checkKey(key, ["mallId", "userId"])).toThrow(
      expect.objectContaining({
        code: "invalid_key",
        message: expect.stringContaining("it must have 2: mallId, userId"),
      }),
    );
  });
});

test("keys that differ only in the position of a separator have different texts", () => {
  const separators = ["-", ":", "/", "~", "%", ".", " ", "_", "~3A", "%3A"];
  const keys = separators.flatMap((s) => [
    [`a${s}b`, "c"],
    ["a", `b${s}c`],
    [`a${s}`, "b"],
    ["a", `${s}b`],
  ]);
  expect(new Set(keys.map(encodeKey)).size).toBe(keys.length);
});

test("a text is decoded only if it is a key's text form", () => {
  expect(decodeKey("United~20Kingdom:17850")).toEqual(["United Kingdom", "17850"]);
  expect(() => decodeKey("United%20Kingdom:17850")).toThrow(expect.objectContaining({ code: "invalid_key" }));
});
