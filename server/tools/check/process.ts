import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasProcesses, signalGroup } from "./group.ts";

/** The project's directory. */
export const root = path.join(import.meta.dirname, "../../..");

/** How a command ended, and what it wrote. */
export interface Ended {
  ok: boolean;
  output: string;
}

/** The most output that is kept of one command, in characters; the newest stays. */
const MAX_OUTPUT = 200_000;
/** The longest that one command may take, in milliseconds. */
const LIMIT_MS = 1_200_000;
/** How long processes may take to end by themselves, in milliseconds. */
const GRACE_MS = 5_000;

const groups = new Set<number>();
let stopped = false;

/**
 * Runs a command that one of the dependencies brings, in a process group of its own. It has failed when its exit code
 * says so, when it takes longer than five minutes, or when it leaves processes behind; these are ended.
 */
export async function run(
  command: string,
  args: readonly string[],
  { env = {}, cwd = root }: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Ended> {
  if (stopped) return { ok: false, output: `${command} was not started.` };
  const child = spawn(path.join(root, "node_modules/.bin", command), args, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk: string) => {
    output = (output + chunk).slice(-MAX_OUTPUT);
  };
  child.once("error", (error) => keep(`${error.message}\n`));
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const group = child.pid;
  if (group === undefined) return { ok: false, output: `${command} cannot be started; is it installed?` };
  groups.add(group);
  const closed = once(child, "close");
  const exit = await within(LIMIT_MS, once(child, "exit") as Promise<[code: number | null]>);
  if (exit === undefined) keep(`\n${command} took longer than ${LIMIT_MS / 1000} s.\n`);
  const left = exit !== undefined && !(await emptied(group));
  if (left) keep(`\n${command} left processes behind.\n`);
  await end(group);
  await within(GRACE_MS, closed);
  return { ok: exit?.[0] === 0 && !left, output };
}

/** Ends every command that still runs, with all that it started; from then on none is started. */
export async function stop(): Promise<void> {
  stopped = true;
  await Promise.all([...groups].map(end));
}

async function end(group: number): Promise<void> {
  signalGroup(group, "SIGINT");
  if (!(await emptied(group))) signalGroup(group, "SIGKILL");
  groups.delete(group);
}

/** Whether all processes of a group end within the grace. */
async function emptied(group: number): Promise<boolean> {
  for (let waited = 0; await hasProcesses(group); waited += 50) {
    if (waited >= GRACE_MS) return false;
    await sleep(50);
  }
  return true;
}

/** What `promise` gives, or undefined when it takes longer than `ms`. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const limit = new AbortController();
  const late = sleep(ms, undefined, { signal: limit.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    limit.abort();
  }
}
