import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CommandLineResult } from "../../protocol/commands.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import { Interrupted, Ledger } from "./ledger.ts";
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
const accepted = (repeated = false): CommandLineResult => ({
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

describe("the ledger", () => {
  test("counts a line once, no matter how many commands it has, and reports when it is done", () => {
    open(2, three);
    ledger.answer(accepted());
    ledger.answer(accepted(true));
    expect(done).toEqual([]);
    ledger.answer(accepted());
    expect(done).toEqual([2]);
    expect(ledger.counts).toEqual({ lines: 1, accepted: 1, rejected: 0, commands: 3, repeated: 1 });
  });

  test("rejects a line once, for the first reason, when several of its commands are refused", () => {
    open(2, three);
    ledger.answer(accepted());
    ledger.answer(refused("rejected"));
    ledger.answer(refused("invalid_payload"));
    expect(ledger.counts).toMatchObject({ lines: 1, accepted: 0, rejected: 1, commands: 1 });
    expect(written()).toEqual([
      { file: "day.csv", line: 2, reason: "it was rejected", code: "rejected", record: "line 2" },
    ]);
  });

  test("reports lines in file order: a line rejected at once waits for earlier ones", () => {
    open(2, three);
    open(3, reject("no customer"));
    expect(done).toEqual([]);
    for (let i = 0; i < 3; i++) ledger.answer(accepted());
    expect(done).toEqual([2, 3]);
    expect(written()).toEqual([{ file: "day.csv", line: 3, reason: "no customer", record: "line 3" }]);
  });

  test.each(["overloaded", "fenced", "timeout", "unavailable"] as const)(
    "stops on %s and does not reject the line",
    (code) => {
      open(2, three);
      expect(() => ledger.answer(refused(code))).toThrow(Interrupted);
      expect(ledger.counts.rejected).toBe(0);
    },
  );

  test("limits the number of lines in flight and their text", async () => {
    for (let number = 1; !ledger.isFull; number++) open(number, three, "x".repeat(1024 * 1024));
    expect(ledger.inFlight).toBe(16);
    const room = ledger.room();
    for (let i = 0; i < 3; i++) ledger.answer(accepted());
    await room;
    for (let number = 17; !ledger.isFull; number++) open(number, three, "");
    ledger.close();
    await ledger.room();
  });
});
