import { describe, expect, test } from "vitest";
import { isBlank, type Line, LineSplitter } from "./lines.ts";

const utf8 = new TextEncoder();
const LONGEST = 16;

/** Each line as `number:text`, of bytes that come in chunks of `size`. */
function split(bytes: Uint8Array, size: number): string[] {
  const splitter = new LineSplitter(LONGEST);
  const lines: Line[] = [];
  for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.push(bytes.subarray(at, at + size)));
  lines.push(...splitter.end());
  return lines.map(({ number, bytes }) => `${number}:${bytes === null ? "too long" : new TextDecoder().decode(bytes)}`);
}

describe("splitting a byte stream into lines", () => {
  const text = "one\n\nπ≈3.14 😀\r\nlast";
  const lines = ["1:one", "2:", "3:π≈3.14 😀\r", "4:last"];

  test.each([1, 2, 3, 5, 1000])("returns the same lines for chunks of %i bytes", (size) => {
    expect(split(utf8.encode(text), size)).toEqual(lines);
  });

  test("returns no empty line after the last line feed", () => {
    expect(split(utf8.encode("a\nb\n"), 1)).toEqual(["1:a", "2:b"]);
    expect(split(utf8.encode(""), 1)).toEqual([]);
  });

  test.each([1, 7, 1000])("reports a line that is too long and continues after it (chunks of %i)", (size) => {
    const long = "x".repeat(LONGEST + 1);
    expect(split(utf8.encode(`a\n${long}\nb\n${long}`), size)).toEqual(["1:a", "2:too long", "3:b", "4:too long"]);
    expect(split(utf8.encode("x".repeat(LONGEST)), size)).toEqual([`1:${"x".repeat(LONGEST)}`]);
  });

  test.each([1, 2, 1000])(
    "leaves out a byte order mark before the first line, and only there (chunks of %i)",
    (size) => {
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      const splitter = new LineSplitter(LONGEST);
      const bytes = utf8.encode("\ufeffa\n\ufeffb\n");
      const found: string[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        for (const line of splitter.push(bytes.subarray(at, at + size)))
          found.push(decoder.decode(line.bytes ?? undefined));
      }
      expect(found).toEqual(["a", "\ufeffb"]);
    },
  );

  test("recognizes a blank line", () => {
    expect(isBlank(utf8.encode(" \t\r"))).toBe(true);
    expect(isBlank(utf8.encode(""))).toBe(true);
    expect(isBlank(utf8.encode(" {}"))).toBe(false);
  });
});
