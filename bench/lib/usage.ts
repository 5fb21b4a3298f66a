import { readFileSync } from "node:fs";
import os from "node:os";
import { performance } from "node:perf_hooks";
import { summarize } from "./stats.ts";

/** How often our own memory is looked at, in milliseconds. Postgres' is costly to sum up: at the begin and at the end. */
const LOOK_MS = 250;
/** Clock ticks a second, in which Linux counts CPU time; the same on all of its machines. */
const TICKS = 100;
const MEGABYTE = 1024 * 1024;

/** What processes used while something was measured: CPU in percent of one core, memory in megabytes. */
export interface Used {
  nodeCpu: number;
  nodeMemory: number;
  /** Of all of Postgres' processes together; absent where the system has no `/proc`. */
  postgresCpu?: number;
  postgresMemory?: number;
  /** Of the process that asks or looks on, where that is another one. */
  clientCpu?: number;
  clientMemory?: number;
  /** Of everybody else on the machine: much of it, and the figures say little. */
  othersCpu: number;
}

/** Watches what this process, Postgres and perhaps a client use until the returned function is called. */
export function watchUsage(postmaster: number, client?: number): () => Used {
  const begunAt = performance.now();
  const cpu = process.cpuUsage();
  const ticks = ticksOf(postmaster);
  const clientTicks = client === undefined ? 0 : ticksOf(client);
  const busy = busySeconds();
  const node: number[] = [process.memoryUsage.rss()];
  const postgres = memoryOf(postmaster);
  const timer = setInterval(() => node.push(process.memoryUsage.rss()), LOOK_MS);
  return () => {
    clearInterval(timer);
    const seconds = (performance.now() - begunAt) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const nodeCpu = (user + system) / 10_000 / seconds;
    const postgresCpu = ((ticksOf(postmaster) - ticks) / TICKS / seconds) * 100;
    const clientCpu = client === undefined ? 0 : ((ticksOf(client) - clientTicks) / TICKS / seconds) * 100;
    const othersCpu = Math.max(0, ((busySeconds() - busy) / seconds) * 100 - nodeCpu - postgresCpu - clientCpu);
    const own = { nodeCpu, nodeMemory: summarize(node).most / MEGABYTE, othersCpu };
    const used = client === undefined ? own : { ...own, clientCpu, clientMemory: memoryOf(client) / MEGABYTE };
    return ticks === 0
      ? used
      : { ...used, postgresCpu, postgresMemory: Math.max(postgres, memoryOf(postmaster)) / MEGABYTE };
  };
}

/** What so many answers a second cost each, in microseconds of CPU. */
export function costOf(perSecond: number, { nodeCpu, postgresCpu }: Used) {
  const each = (cpu: number) => (cpu * 10_000) / perSecond;
  const nodeCost = each(nodeCpu);
  return postgresCpu === undefined ? { nodeCost } : { nodeCost, postgresCost: each(postgresCpu) };
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
