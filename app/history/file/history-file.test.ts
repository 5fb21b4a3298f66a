import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { emptyHead, fold, type Head } from "../../../server/protocol/fold.ts";
import { FORMAT, type HistoryHeader } from "../../../server/protocol/history-file.ts";
import type { Entry } from "../../../server/protocol/journal.ts";
import type { FoldProgress } from "../../../server/protocol/past.ts";
import { FileHistory, type OpenProgress } from "./file-history.ts";

const LENGTH = 3_500;

function entryOf(seq: number): Entry {
  const at = 1_000 * seq;
  const messageId = `m${seq}`;
  const message = { id: messageId, command: "go", payload: { seq }, now: at };
  const turn = { kind: "turn", messageId, reply: null, version: 1, code: "c0de" } as const;
  if (seq === 1) return { seq, at, body: { ...turn, message, state: { n: 1, list: [] } } };
  if (seq % 100 === 50) return { seq, at, body: { kind: "received", messageId, message } };
  if (seq % 100 === 51) {
    const effect = { name: "quote", attempts: 1, result: seq };
    return { seq, at, body: { kind: "effect", messageId: `m${seq - 1}`, n: 0, effect } };
  }
  if (seq % 100 === 53) {
    const error = { name: "Error", message: "no", stack: "" };
    return { seq, at, body: { kind: "attempt_failed", messageId, message, attempt: 1, error, code: "c0de" } };
  }
  const own = seq % 100 === 52 ? { ...turn, messageId: `m${seq - 2}` } : { ...turn, message };
  const patches = [
    { op: "replace" as const, path: ["n"], value: seq },
    seq % 7 === 0 && seq > 14
      ? { op: "remove" as const, path: ["list", 0] }
      : { op: "add" as const, path: ["list", 0], value: `ä${seq}` },
  ];
  return { seq, at, body: { ...own, patches } };
}

const entries = Array.from({ length: LENGTH }, (_, i) => entryOf(i + 1));
const heads: Head[] = [emptyHead(0)];
for (const entry of entries) heads.push(fold(structuredClone(heads.at(-1) as Head), [structuredClone(entry)]));

function headerOf(from: number, to: number): HistoryHeader {
  return {
    ...{ format: FORMAT, version: 1, type: "thing", names: ["id"], key: ["<b>a</b>"], from, to },
    ...{ begins: 1, head: LENGTH, stateVersion: 1, code: "c0de", exportedAt: "2026-01-01T00:00:00.000Z" },
    ...{ forkedFrom: null, base: heads[from - 1] as Head },
  };
}

/** All lines of a file except the last. */
function linesOf(from: number, to: number): string[] {
  return [headerOf(from, to), ...entries.slice(from - 1, to)].map((line) => JSON.stringify(line));
}

/** A file of lines; the last line fits them unless `end` is given. */
function fileOf(lines: readonly string[], end?: string): Blob {
  const text = lines.map((line) => `${line}\n`).join("");
  const sha256 = createHash("sha256").update(text).digest("hex");
  return new Blob([text, end ?? `${JSON.stringify({ count: lines.length - 1, sha256 })}\n`]);
}

const open = (file: Blob) => FileHistory.open(file, () => undefined);
const range = (from: number, to: number) => open(fileOf(linesOf(from, to)));
const silent = () => undefined;

describe("a history in a file", () => {
  test("returns windows that fold to the state at each of their entries, also for a range", async () => {
    for (const [from, to] of [
      [1, LENGTH],
      [777, 2_999],
    ] as const) {
      const history = await range(from, to);
      for (const at of [from - 1, from, from + 999, from + 1_000, from + 1_001, to - 1, to]) {
        const { base, entries: within } = await history.window(at, silent);
        expect(base).toEqual(heads[base.seq]);
        expect(within).toEqual(entries.slice(base.seq, base.seq + within.length));
        expect(at === from - 1 ? base.seq === at : base.seq < at && at <= base.seq + within.length).toBe(true);
      }
    }
  });

  test("answers like the server: entries, changes of a path, the seq at a time, and the timeline", async () => {
    const history = await range(1, LENGTH);
    expect((await history.entries({ before: 1_053, limit: 1 })).items).toEqual([entries[1_051]]);
    expect((await history.entries({ before: 1_052, kind: "received", limit: 1 })).items).toEqual([entries[1_049]]);
    expect((await history.entries({ after: 998, limit: 4 })).items).toEqual(entries.slice(998, 1_002));
    expect(await history.entries({ after: LENGTH - 2, limit: 4 })).toEqual({ items: entries.slice(-2), next: null });
    expect((await history.entries({ limit: 2 })).next).toBe(`${LENGTH - 1}`);
    const { items } = await history.changes({ path: "/n", before: 1_055 });
    expect(items.slice(0, 2)).toMatchObject([
      { seq: 1_054, command: "go", was: "1052", is: "1054" },
      { seq: 1_052, command: "go", was: "1049", is: "1052" },
    ]);
    for (const [time, seq] of [
      [999, 0],
      [1_000, 1],
      [2_000_999, 2_000],
      [9e9, LENGTH],
    ] as const) {
      expect(await history.seqAt(time)).toBe(seq);
    }
    const { timeline, header } = history.info;
    expect(header).not.toHaveProperty("base");
    expect(timeline).toMatchObject({ begins: 1, head: LENGTH, width: 15, checkpoints: [] });
    expect(timeline.failures).toEqual(entries.flatMap(({ seq }) => (seq % 100 === 53 ? [seq] : [])).reverse());
    const counted = timeline.stretches.flatMap(({ kinds }) => Object.values(kinds));
    expect(counted.reduce((sum, count) => sum + count)).toBe(LENGTH);
  });

  test("reports the progress of reading", async () => {
    const reported: OpenProgress[] = [];
    const file = fileOf(linesOf(1, LENGTH));
    await FileHistory.open(file, (progress) => reported.push(progress));
    expect(reported.at(-1)).toEqual({ bytes: file.size, entries: LENGTH });
  });

  test("limits the states in memory, folds the others, and reports the progress", async () => {
    const history = await FileHistory.open(fileOf(linesOf(1, LENGTH)), () => undefined, 12_000);
    const reported: FoldProgress[] = [];
    for (const at of [LENGTH, 1_001, 2_001]) {
      const { base } = await history.window(at, (progress) => reported.push(progress));
      expect(base).toEqual(heads[base.seq]);
    }
    expect(reported).toContainEqual({ from: 0, folded: 1_000, wanted: 1_001 });
  });
});

describe("refuses a file, with the line and the reason:", () => {
  const lines = linesOf(1, 20);
  const changed = (line: number, to: (text: string) => string) => lines.with(line - 1, to(lines[line - 1] as string));
  const asEntry = (seq: number, change: (entry: { body: Record<string, unknown> }) => void) => {
    const entry = structuredClone(entries[seq - 1]) as never;
    change(entry);
    return changed(seq + 1, () => JSON.stringify(entry));
  };
  const whole = async (file: Blob) => (await file.text()).slice(0, -1);

  test.each<[string, () => Blob | Promise<Blob>, RegExp]>([
    ["nothing", () => new Blob([]), /^Line 1: expected the header of a history, but the file ends/],
    ["a picture", () => new Blob([Uint8Array.of(0x89, 0x50, 10, 26)]), /^Line 1: .*another kind of file/],
    ["other JSON", () => new Blob(['{"a":1}\n']), /^Line 1: expected the header of a history/],
    ["a list", () => new Blob(["[]\n"]), /^Line 1: expected the header/],
    ["null", () => new Blob(["null\n"]), /^Line 1: expected the header/],
    [
      "a newer version",
      () => fileOf(changed(1, (text) => text.replace('"version":1', '"version":2'))),
      /^Line 1: the file has format version 2, but this console reads 1/,
    ],
    [
      "a header with a wrong range",
      () => fileOf(changed(1, (text) => text.replace('"to":20', '"to":0'))),
      /^Line 1: to: /,
    ],
    [
      "a time out of range",
      () => fileOf(changed(5, (text) => text.replace('"at":4000', '"at":1e300'))),
      /^Line 5: at: /,
    ],
    ["no number at all", () => fileOf(changed(5, (text) => text.replace('"at":4000', '"at":1e999'))), /^Line 5: a num/],
    ["a line that is missing", () => fileOf(lines.toSpliced(9, 1)), /^Line 10: expected entry 9, found entry 10/],
    [
      "lines in another order",
      () => fileOf(lines.toSpliced(9, 2, lines[10] as string, lines[9] as string)),
      /^Line 10: expected entry 9, found entry 10/,
    ],
    ["a line twice", () => fileOf(lines.toSpliced(9, 0, lines[9] as string)), /^Line 11: expected entry 10, found/],
    ["a line of another kind", () => fileOf(changed(4, () => "7")), /^Line 4: expected entry 3, found something else/],
    ["a line that is not JSON", () => fileOf(changed(7, (text) => text.slice(1))), /^Line 7: not JSON/],
    [
      "more entries than it names",
      () => fileOf([...lines, JSON.stringify(entryOf(21))]),
      /^Line 22: expected the last/,
    ],
    [
      "fewer entries than it names",
      () => fileOf(lines.slice(0, -3)),
      /^Line 19: 17 entries precede it, but the header names 20/,
    ],
    [
      "no last line",
      () => fileOf(lines, ""),
      /^Line 22: expected the last line, with count and checksum, but the file ends/,
    ],
    [
      "half of the lines",
      () => fileOf(lines.slice(0, 8), ""),
      /^Line 9: expected entry 8, but the file ends: it is truncated/,
    ],
    [
      "half a line",
      async () => new Blob([(await whole(fileOf(lines))).slice(0, 3_000)]),
      /^Line \d+: the file ends within the line/,
    ],
    [
      "half of the last line",
      async () => new Blob([(await whole(fileOf(lines))).slice(0, -9)]),
      /^Line 22: the file ends within/,
    ],
    ["a line after the last", async () => new Blob([fileOf(lines), "{}\n"]), /^Line 23: expected the end of the file/],
    [
      "another value",
      async () =>
        new Blob([
          (await fileOf(lines).text()).replace('"value":7,', '"value":8,').replace('"value":7}', '"value":8}'),
        ]),
      /^Line 22: the checksum does not match: the file was changed/,
    ],
    ["a byte order mark", () => new Blob(["\uFEFF", fileOf(lines)]), /^Line 1: it starts with a byte order mark/],
    [
      "bytes that are not UTF-8",
      () => new Blob([`${lines[0]}\n`, Uint8Array.of(0x22, 0xff, 0x22, 10)]),
      /^Line 2: not UTF-8/,
    ],
    [
      "an entry of an unknown kind",
      () => fileOf(asEntry(9, (entry) => Object.assign(entry.body, { kind: "dream" }))),
      /^Line 10: body.kind: /,
    ],
    [
      "a patch that does not fit",
      () =>
        fileOf(
          asEntry(9, ({ body }) => Object.assign(body, { patches: [{ op: "add", path: ["no", "x"], value: 1 }] })),
        ),
      /^Line 10: entry 9 does not fit the entries before it: A patch of no.x does not fit/,
    ],
    [
      "a patch into the prototype of all objects",
      () =>
        fileOf(
          asEntry(9, ({ body }) =>
            Object.assign(body, { patches: [{ op: "add", path: ["__proto__", "polluted"], value: 1 }] }),
          ),
        ),
      /^Line 10: entry 9 does not fit/,
    ],
    [
      "a list with billions of items",
      () =>
        fileOf(
          asEntry(9, ({ body }) =>
            Object.assign(body, { patches: [{ op: "replace", path: ["list", "length"], value: 4e9 }] }),
          ),
        ),
      /^Line 10: entry 9 does not fit/,
    ],
    [
      "a member with a reserved name",
      () => fileOf(changed(10, (text) => text.replace('"seq":9}', '"__proto__":{"a":1}}'))),
      /^Line 10: a member is named "__proto__"/,
    ],
    [
      "a line nested a million levels deep",
      () =>
        fileOf(
          changed(10, (text) => text.replace('"payload":{', `"payload":{"a":${"[".repeat(1e6)}${"]".repeat(1e6)},`)),
        ),
      /^Line 10: the nesting is deeper than/,
    ],
  ])("%s", async (_what, file, complaint) => {
    await expect(open(await file())).rejects.toThrow(complaint);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("does not read a file that is too large", async () => {
    const file = { size: 600 * 1024 * 1024 } as Blob;
    await expect(open(file)).rejects.toThrow("The file has more than 500 MB, the max size. Export a range instead.");
  });
});
