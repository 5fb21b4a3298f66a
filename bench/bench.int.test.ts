import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../server/testing/eventually.ts";
import { bundled } from "../server/testing/process/bundle.ts";
import { cases } from "./cases/index.ts";

const root = path.join(import.meta.dirname, "..");
const main = await bundled(path.join(root, "bench/main.ts"));
/** Takes half a minute on an idle machine. */
const PATIENCE_MS = 180_000;
let scratch: string;
let bench: ChildProcess | undefined;

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), "bench-test-"));
  // Under root, Postgres runs as another user, who needs access to the directory.
  chmodSync(scratch, 0o711);
});
afterEach(() => {
  bench?.kill("SIGKILL");
  rmSync(scratch, { recursive: true, force: true });
});

function start(...args: string[]): { ended: Promise<number | null>; out: () => string; err: () => string } {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: scratch },
    stdio: ["ignore", "pipe", "pipe"],
  });
  bench = child;
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    err += chunk;
  });
  return { ended: once(child, "close").then(([code]) => code), out: () => out, err: () => err };
}

async function expectNothingLeft(): Promise<void> {
  expect(readdirSync(scratch).filter((name) => name.startsWith("greenroom"))).toEqual([]);
  const processes = () => execFileSync("ps", ["-A", "-o", "args"], { encoding: "utf8" }).split("\n");
  await eventually(() => expect(processes().filter((line) => line.includes(path.basename(scratch)))).toEqual([]));
}

test("the benchmark measures every case and leaves nothing behind", { timeout: PATIENCE_MS }, async () => {
  const [json, markdown] = [path.join(scratch, "figures.json"), path.join(scratch, "figures.md")];
  const { ended, out, err } = start("--smoke", "--json", json, "--markdown", markdown);
  expect(await ended).toBe(0);
  expect(err()).toBe("");
  const { runs } = JSON.parse(readFileSync(json, "utf8"));
  const tables = readFileSync(markdown, "utf8");
  for (const { name } of cases) {
    expect(out()).toContain(`\nrun 1: ${name}: `);
    expect(tables).toContain(`\n| \`${name}\` | `);
    expect(runs.filter((run: { case: string }) => run.case === name)).not.toEqual([]);
  }
  for (const { figures } of runs) {
    expect(Object.values(figures)).not.toEqual([]);
    for (const figure of Object.values(figures)) expect(figure).toEqual(expect.any(Number));
  }
  await expectNothingLeft();
});

test("an interrupted benchmark leaves nothing behind", { timeout: PATIENCE_MS }, async () => {
  const { ended, out, err } = start("http", "--runs", "1");
  await eventually(() => expect(out()).toContain("run 1: http"), PATIENCE_MS);
  bench?.kill("SIGINT");
  await ended;
  expect(err()).toBe("");
  await expectNothingLeft();
});

test.each([
  ["nothing-such", 'There is no case "nothing-such".'],
  ["--runs=0", '--runs "0" is not a number greater than 0 and at most 3600.'],
])("a wrong command line is refused: %s", { timeout: PATIENCE_MS }, async (argument, complaint) => {
  const { ended, err } = start(argument);
  expect(await ended).toBe(2);
  expect(err()).toContain(complaint);
});
