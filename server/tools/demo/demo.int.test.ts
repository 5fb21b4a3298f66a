import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../testing/eventually.ts";
import { bundled } from "../../testing/process/bundle.ts";

const root = path.join(import.meta.dirname, "../../..");
const main = await bundled(path.join(import.meta.dirname, "main.ts"));
const MINUTE = 60_000;
let scratch: string;
let demo: ChildProcess;
let out: string;
let err: string;

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), "demo-test-"));
  // Under root, Postgres runs as another user, who needs access to the directory.
  chmodSync(scratch, 0o711);
  out = "";
  err = "";
  demo = spawn(process.execPath, [main], {
    cwd: root,
    env: { ...process.env, TMPDIR: scratch },
    stdio: ["ignore", "pipe", "pipe"],
  });
  demo.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
  });
  demo.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    err += chunk;
  });
});
afterEach(() => {
  demo.kill("SIGKILL");
  rmSync(scratch, { recursive: true, force: true });
});

async function expectNothingLeft(): Promise<void> {
  expect(readdirSync(scratch).filter((name) => name.startsWith("greenroom"))).toEqual([]);
  const processes = () => execFileSync("ps", ["-A", "-o", "args"], { encoding: "utf8" }).split("\n");
  await eventually(() => expect(processes().filter((line) => line.includes(path.basename(scratch)))).toEqual([]));
}

describe("the demo", () => {
  test("shows the life of a counter, and every claim it makes holds", { timeout: 2 * MINUTE }, async () => {
    const [code] = await once(demo, "close");
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toMatch(/ 4 +received +enrich ACME .*\n +5 +effect +enrich ACME .*\n +6 +turn +enrich ACME +quote = /);
    expect(out).toMatch(/ 10 +checkpoint +the whole state, 34 bytes\n/);
    expect(out).toMatch(/Process \d+ was ended by SIGKILL\. The caller got no reply\./);
    expect(out).toMatch(/Recovered from checkpoint \d+ and \d+ entries after it, in [\d.]+ ms\./);
    expect(out).toMatch(/ACME +\S+\/0 +1 +0\n +INIT +\S+\/1 +0 +1\n/);
    expect(out).toMatch(/HOOL +\S+\/0 +1 +1\n/);
    expect(out).toMatch(/The journal now has 20,\d{3} entries\./);
    for (const [, percent] of out.matchAll(/([\d.]+) %/g)) expect(Number(percent)).toBeGreaterThan(90);
    expect(out).toMatch(/20,\d{3} turns, 0 divergences, in /);
    expect(out).toContain("The service was called 56 times: once for each of the 55 effects");
    expect(out).toContain("The first divergence is at seq 12: the reply was 21 and would be 19.");
    await expectNothingLeft();
  });

  test.skipIf(process.getuid?.() !== 0)(
    "puts a database that cannot access the directory elsewhere, and leaves nothing behind",
    { timeout: MINUTE },
    async () => {
      chmodSync(scratch, 0o700);
      const ended = once(demo, "close");
      await eventually(() => expect(out).toContain("Every message"), MINUTE);
      const [, home = ""] = /A separate Postgres in (\S+):/.exec(out) ?? [];
      expect(home).toMatch(/^\/var\/tmp\/greenroom-/);
      expect(existsSync(home)).toBe(true);
      demo.kill("SIGINT");
      await ended;
      expect(err).toBe("");
      expect(existsSync(home)).toBe(false);
      await expectNothingLeft();
    },
  );

  test.each(["The stage", "Every message", "Recovered from", "A long journal"])(
    'leaves nothing behind when interrupted after "%s"',
    { timeout: MINUTE },
    async (moment) => {
      const ended = once(demo, "close");
      await eventually(() => expect(out).toContain(moment), MINUTE);
      demo.kill("SIGINT");
      await ended;
      expect(err).toBe("");
      expect(out).toContain("Processes, database and directory are gone.");
      expect(out).not.toContain("A changed rule");
      await expectNothingLeft();
    },
  );
});
