import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The project's directory. */
export const root = path.join(import.meta.dirname, "../../..");

/** Whether a command succeeded, and what it wrote. */
export interface Ended {
  ok: boolean;
  output: string;
}

/** Max characters of one command's output that are stored; the oldest are dropped. */
const MAX_OUTPUT = 200_000;
/** Max run time of one command, in milliseconds. */
const LIMIT_MS = 1_200_000;
/** How long processes may take to exit by themselves, in milliseconds. */
const GRACE_MS = 5_000;

const groups = new Set<number>();
let stopped = false;

/**
 * Runs a command of a dependency in its own process group. It fails when its exit code is not 0, when it takes longer
 * than twenty minutes, or when it leaves processes behind. Those are killed.
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

/** Stops every running command and the processes that it started. No command starts afterwards. */
export async function stop(): Promise<void> {
  stopped = true;
  await Promise.all([...groups].map(end));
}

async function end(group: number): Promise<void> {
  signalGroup(group, "SIGINT");
  if (!(await emptied(group))) signalGroup(group, "SIGKILL");
  groups.delete(group);
}

/** Waits until a group has no processes; returns false when it still has some after the grace period. */
async function emptied(group: number): Promise<boolean> {
  for (let waited = 0; await hasProcesses(group); waited += 50) {
    if (waited >= GRACE_MS) return false;
    await sleep(50);
  }
  return true;
}

/** Resolves as `promise` does, or to undefined after `ms`. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const limit = new AbortController();
  const late = sleep(ms, undefined, { signal: limit.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    limit.abort();
  }
}

/** Sends a signal to every process of a group; returns false when there is none. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    // ESRCH: the group is empty.
    return false;
  }
}

/** Whether a process of the group still runs. Zombies do not count. */
async function hasProcesses(group: number): Promise<boolean> {
  if (!signalGroup(group, 0)) return false;
  if (process.platform !== "linux") return true;
  for (const pid of await readdir("/proc")) {
    if (/^\d+$/.test(pid) && (await isRunningIn(group, pid))) return true;
  }
  return false;
}

async function isRunningIn(group: number, pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // pid (name) state parent group ...; the name may contain a bracket.
  const [state, , its] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(its) === group && state !== "Z" && state !== "X";
}
