import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { bundled } from "../process/bundle.ts";
import type { Switchboard } from "./clients.ts";
import type { Ambush } from "./node.ts";

const script = await bundled(path.join(import.meta.dirname, "node.ts"));

/** Starts a node in a process of its own; resolves when it leads, to null when it ended before. */
export function startNodeProcess(
  databaseUrl: string,
  service: string,
  ambush: Ambush | null = null,
  force = true,
): { child: ChildProcess; leads: Promise<boolean> } {
  const child = fork(script, [databaseUrl, service, JSON.stringify(ambush), force ? "force" : ""], {
    execArgv: [],
  });
  const leads = Promise.race([once(child, "message").then(() => true), once(child, "exit").then(() => false)]);
  return { child, leads };
}

/** Resolves when a process has ended, to the signal that ended it. */
export async function ended(child: ChildProcess): Promise<NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.signalCode;
}

/** Starts nodes, each as soon as the one before has ended, and connects the clients to the one that leads. */
export async function lead(
  switchboard: Switchboard,
  databaseUrl: string,
  service: string,
  ambush: Ambush | null,
): Promise<ChildProcess> {
  const { child, leads } = startNodeProcess(databaseUrl, service, ambush);
  if (await leads) switchboard.connect(child);
  return child;
}
