import { readFileSync } from "node:fs";
import os from "node:os";
import { performance } from "node:perf_hooks";
import { summarize } from "./stats.ts";

/** How often our own memory is looked at, in milliseconds. That of others is costly: at the begin and at the end. */
const LOOK_MS = 250;
/** Clock ticks a second, in which Linux counts CPU time; the same on all of its machines. */
const TICKS = 100;
const MEGABYTE = 1024 * 1024;

/** Processes besides our own, each with its children: Postgres, who asks or looks on, and whom else we measure. */
export type Processes = Partial<Record<"postgres" | "client" | "server", readonly number[]>>;

type Name = keyof Processes;

/**
 * What processes used while something was measured: CPU in percent of one core, memory in megabytes; that of others
 * than our own is absent where the system has no `/proc`. `othersCpu` is everybody else's on the machine: much of it, and
 * the figures say little.
 */
export type Used = { nodeCpu: number; nodeMemory: number; othersCpu: number } & Partial<
  Record<`${Name}Cpu` | `${Name}Memory`, number>
>;

/** Watches what this process and the given ones use until the returned function is called. */
export function watchUsage(processes: Processes): () => Used {
  const begunAt = performance.now();
  const cpu = process.cpuUsage();
  const busy = busySeconds();
  const watched = (Object.entries(processes) as [Name, readonly number[]][]).map(([name, pids]) => ({
    name,
    pids,
    ticks: sum(pids, ticksOf),
    memory: sum(pids, memoryOf),
  }));
  const node: number[] = [process.memoryUsage.rss()];
  const timer = setInterval(() => node.push(process.memoryUsage.rss()), LOOK_MS);
  return () => {
    clearInterval(timer);
    const seconds = (performance.now() - begunAt) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const used: Used = {
      nodeCpu: (user + system) / 10_000 / seconds,
      nodeMemory: summarize(node).most / MEGABYTE,
      othersCpu: 0,
    };
    let known = used.nodeCpu;
    for (const { name, pids, ticks, memory } of watched) {
      if (ticks === 0) continue;
      const own = ((sum(pids, ticksOf) - ticks) / TICKS / seconds) * 100;
      used[`${name}Cpu`] = own;
      used[`${name}Memory`] = Math.max(memory, sum(pids, memoryOf)) / MEGABYTE;
      known += own;
    }
    used.othersCpu = Math.max(0, ((busySeconds() - busy) / seconds) * 100 - known);
    return used;
  };
}

/** What so many answers a second cost each, in microseconds of CPU. */
export function costOf(perSecond: number, { nodeCpu, postgresCpu, serverCpu }: Used) {
  const each = (cpu: number) => (cpu * 10_000) / perSecond;
  return {
    nodeCost: each(nodeCpu),
    ...(postgresCpu === undefined ? {} : { postgresCost: each(postgresCpu) }),
    ...(serverCpu === undefined ? {} : { serverCost: each(serverCpu) }),
  };
}

/** How long all cores of the machine have worked. */
function busySeconds(): number {
  const milliseconds = os.cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq);
  return milliseconds.reduce((total, one) => total + one, 0) / 1_000;
}

/** CPU time of a process and its children, those that have ended too. 0 where the system does not say. */
function ticksOf(pid: number): number {
  return sum(family(pid), (member) => {
    // The name, which may hold anything, stands in brackets before the numbers.
    const fields = read(`/proc/${member}/stat`).split(") ").at(-1)?.split(" ") ?? [];
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
    return (user ?? 0) + (system ?? 0) + (member === pid ? (endedUser ?? 0) + (endedSystem ?? 0) : 0);
  });
}

/** Memory of a process and its children in bytes; what they share is counted once. */
function memoryOf(pid: number): number {
  return sum(family(pid), (member) => {
    const kilobytes = /^Pss: +(\d+)/m.exec(read(`/proc/${member}/smaps_rollup`))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  });
}

function family(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
  return [pid, ...children];
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch (error) {
    // A process that has just ended, or a system without /proc.
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ESRCH") {
      return "";
    }
    throw error;
  }
}

function sum(members: readonly number[], of: (member: number) => number): number {
  return members.reduce((total, member) => total + of(member), 0);
}
