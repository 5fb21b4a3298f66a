import { readFileSync } from "node:fs";
import os from "node:os";
import { performance } from "node:perf_hooks";
import { summarize } from "./stats.ts";

/** How often this process's memory is sampled, in milliseconds. That of others is costly: only at start and end. */
const SAMPLE_MS = 250;
/** Linux's clock ticks per second for CPU time, the same on all machines. */
const TICKS = 100;
const MEGABYTE = 1024 * 1024;

/** Pids of other processes, which are measured with their children: Postgres, a client, another system's server. */
export type Processes = Partial<Record<"postgres" | "client" | "server", readonly number[]>>;

type Name = keyof Processes;

/**
 * The usage of processes during a measurement: CPU in percent of one core, memory in megabytes. Figures of other
 * processes are absent without `/proc`. `othersCpu` is everything else on the machine, which disturbs the measurement.
 */
export type Used = { nodeCpu: number; nodeMemory: number; othersCpu: number } & Partial<
  Record<`${Name}Cpu` | `${Name}Memory`, number>
>;

/** Measures the usage of this process and the given ones until the returned function is called. */
export function watchUsage(processes: Processes): () => Used {
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  const busy = busySeconds();
  const watched = (Object.entries(processes) as [Name, readonly number[]][]).map(([name, pids]) => ({
    name,
    pids,
    ticks: sum(pids, ticksOf),
    memory: sum(pids, memoryOf),
  }));
  const node: number[] = [process.memoryUsage.rss()];
  const timer = setInterval(() => node.push(process.memoryUsage.rss()), SAMPLE_MS);
  return () => {
    clearInterval(timer);
    const seconds = (performance.now() - startedAt) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const used: Used = {
      nodeCpu: (user + system) / 10_000 / seconds,
      nodeMemory: summarize(node).max / MEGABYTE,
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

/** The CPU time per answer in microseconds. */
export function costOf(perSecond: number, { nodeCpu, postgresCpu, serverCpu }: Used) {
  const each = (cpu: number) => (cpu * 10_000) / perSecond;
  return {
    nodeCost: each(nodeCpu),
    ...(postgresCpu === undefined ? {} : { postgresCost: each(postgresCpu) }),
    ...(serverCpu === undefined ? {} : { serverCost: each(serverCpu) }),
  };
}

/** The CPU time of all cores of the machine. */
function busySeconds(): number {
  const milliseconds = os.cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq);
  return milliseconds.reduce((total, one) => total + one, 0) / 1_000;
}

/** CPU time of a process and its children, including exited ones. 0 without `/proc`. */
function ticksOf(pid: number): number {
  return sum(family(pid), (member) => {
    // The name, which may contain anything, precedes the numbers in brackets.
    const fields = read(`/proc/${member}/stat`).split(") ").at(-1)?.split(" ") ?? [];
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
    return (user ?? 0) + (system ?? 0) + (member === pid ? (endedUser ?? 0) + (endedSystem ?? 0) : 0);
  });
}

/** Memory of a process and its children in bytes. Shared memory counts once. */
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
    // The process has exited, or the system has no /proc.
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ESRCH") {
      return "";
    }
    throw error;
  }
}

function sum(members: readonly number[], of: (member: number) => number): number {
  return members.reduce((total, member) => total + of(member), 0);
}
