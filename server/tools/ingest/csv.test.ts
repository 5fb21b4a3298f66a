import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Line, LineSplitter } from "../../protocol/lines.ts";
import { CsvReader, type CsvRecord, readFields } from "./csv.ts";

function read(text: string | Uint8Array): CsvRecord[] {
  const splitter = new LineSplitter(1_000_000);
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const lines: Line[] = [...splitter.push(bytes), ...splitter.end()];
  const reader = new CsvReader();
  return [...lines.flatMap((line) => reader.push(line)), ...reader.end()];
}

/** Each record as its line number and its fields or "bad". */
function outline(text: string): [number, string[] | "bad"][] {
  return read(text).map((record) => [record.line, "fields" in record ? record.fields : "bad"]);
}

describe("reading CSV", () => {
  test("handles quotes, commas, LF and CRLF, blank lines, and the number of a record's first line", () => {
    const text = '\ufeffa,b,c\r\n1,"x, ""y""",\r\n\r\n3,"two\r\nlines",4\n"","",""\n5,6,7';
    expect(outline(text)).toEqual([
      [1, ["a", "b", "c"]],
      [2, ["1", 'x, "y"', ""]],
      [4, ["3", "two\r\nlines", "4"]],
      [6, ["", "", ""]],
      [7, ["5", "6", "7"]],
    ]);
  });

  test.each([
    ["a quote inside an unquoted field", '1,x"y,2'],
    ["text after a closing quote", '1,"x"y,2'],
    ["an unclosed quote", '1,"xy,2'],
    ["too few columns", "1,2"],
    ["too many columns", "1,2,3,4"],
  ])("rejects a line with %s, and only that line", (_case, line) => {
    const text = `a,b,c\n1,2,3\n${line}\n4,"5, 5",6\n7,8,9\n10,"11",12`;
    expect(outline(text)).toEqual([
      [1, ["a", "b", "c"]],
      [2, ["1", "2", "3"]],
      [3, "bad"],
      [4, ["4", "5, 5", "6"]],
      [5, ["7", "8", "9"]],
      [6, ["10", "11", "12"]],
    ]);
  });

  test("limits the search for a closing quote, and loses no line", () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => `${i},x`);
    const records = read(`n,t\n0,"open\n${rows.join("\n")}\n`);
    expect(records.filter((record) => "problem" in record)).toEqual([
      { line: 2, text: '0,"open', problem: "A quote is not closed within 64 KB." },
    ]);
    expect(records).toHaveLength(rows.length + 2);
  });

  test("rejects a line that is not UTF-8 or too long", () => {
    const bytes = Uint8Array.from([...new TextEncoder().encode("a,b\n"), 0xff, 0x2c, 0x31, 0x0a, 0x32, 0x2c, 0x33]);
    expect(read(bytes)).toMatchObject([{ line: 1 }, { line: 2, problem: "The line is not UTF-8." }, { line: 3 }]);
    const reader = new CsvReader();
    expect(reader.push({ number: 1, bytes: null })).toMatchObject([{ line: 1, problem: "The line is too long." }]);
  });

  test("reads back any fields that were written", () => {
    const field = fc.oneof(fc.string(), fc.constantFrom('"', ",", "\n", "\r\n", '""', " ", ""));
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(fc.tuple(field, field, field), { minLength: 1 }), (rows) => {
        const text = rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");
        expect(read(text).map((record) => "fields" in record && record.fields)).toEqual(rows);
      }),
    );
  });

  test("splits a record without quotes", () => {
    expect(readFields("a,,b,")).toEqual(["a", "", "b", ""]);
    expect(readFields("")).toEqual([""]);
  });
});
