import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CommandLineResult } from "../../protocol/commands.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { Interrupted } from "./errors.ts";
import { Ledger } from "./ledger.ts";
import { type Mapped, reject } from "./mapping.ts";
import { RejectsFile } from "./rejects.ts";

let directory: string;
let rejects: RejectsFile;
let ledger: Ledger;
let done: number[];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "greenroom-ledger-"));
  rejects = new RejectsFile(path.join(directory, "rejects.ndjson"));
  done = [];
  ledger = new Ledger("day.csv", rejects, (line) => done.push(line));
});
afterEach(() => {
  rejects.close();
  rmSync(directory, { recursive: true });
});

const three: Mapped = ["userLogin", "useCart", "viewProduct"].map((command) => ({
  type: "user-state",
  key: ["mall", "user"],
  command,
  payload: {},
}));
const taken = (repeated = false): CommandLineResult => ({
  line: 1,
  reply: null,
  revision: 1,
  messageId: "m",
  repeated,
});
const refused = (code: ErrorCode): CommandLineResult => ({ line: 1, error: { code, message: `it was ${code}` } });
const open = (number: number, mapped: Mapped, text = `line ${number}`) => ledger.open({ number, text, mapped });
const written = () =>
  readFileSync(rejects.path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

describe("the account of a file's lines", () => {
  test("counts a line once, however many commands it asked for, and says when it is done", () => {
    open(2, three);
    ledger.answer(taken());
    ledger.answer(taken(true));
    expect(done).toEqual([]);
    ledger.answer(taken());
    expect(done).toEqual([2]);
    expect(ledger.counts).toEqual({ lines: 1, accepted: 1, rejected: 0, commands: 3, repeated: 1 });
  });

  test("rejects a line once, for the first reason, when several of its commands are refused", () => {
    open(2, three);
    ledger.answer(taken());
    ledger.answer(refused("rejected"));
    ledger.answer(refused("invalid_payload"));
    expect(ledger.counts).toMatchObject({ lines: 1, accepted: 0, rejected: 1, commands: 1 });
    expect(written()).toEqual([
      { file: "day.csv", line: 2, reason: "it was rejected", code: "rejected", record: "line 2" },
    ]);
  });

  test("tells of lines in file order: one that was rejected at once waits for those before it", () => {
    open(2, three);
    open(3, reject("no customer"));
    expect(done).toEqual([]);
    for (let i = 0; i < 3; i++) ledger.answer(taken());
    expect(done).toEqual([2, 3]);
    expect(written()).toEqual([{ file: "day.csv", line: 3, reason: "no customer", record: "line 3" }]);
  });

  test.each(["overloaded", "fenced", "timeout", "unavailable"] as const)(
    "does not blame the line for %s, but stops",
    (code) => {
      open(2, three);
      expect(() => ledger.answer(refused(code))).toThrow(Interrupted);
      expect(ledger.counts.rejected).toBe(0);
    },
  );

  test("has room for so many lines, and so much text, and no more", async () => {
    for (let number = 1; !ledger.isFull; number++) open(number, three, "x".repeat(1024 * 1024));
    expect(ledger.underWay).toBe(16);
    const room = ledger.room();
    for (let i = 0; i < 3; i++) ledger.answer(taken());
    await room;
    for (let number = 17; !ledger.isFull; number++) open(number, three, "");
    ledger.close();
    await ledger.room();
  });
});
