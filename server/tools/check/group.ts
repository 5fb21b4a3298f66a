import { readdir, readFile } from "node:fs/promises";

/** Sends a signal to every process of a group; false when there is none. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    // ESRCH: the group is empty.
    return false;
  }
}

/** Whether a process of the group still runs. One that has ended and that nobody has waited for does not. */
export async function hasProcesses(group: number): Promise<boolean> {
  if (!signalGroup(group, 0)) return false;
  if (process.platform !== "linux") return true;
  for (const pid of await readdir("/proc")) {
    if (/^\d+$/.test(pid) && (await isRunningIn(group, pid))) return true;
  }
  return false;
}

async function isRunningIn(group: number, pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // pid (name) state parent group ...; the name may hold anything, also a bracket.
  const [state, , its] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(its) === group && state !== "Z" && state !== "X";
}
