import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { bundled } from "../process/bundle.ts";
import type { Router } from "./clients.ts";
import type { Ambush } from "./node.ts";

const script = await bundled(path.join(import.meta.dirname, "node.ts"));

/** Starts a node in a child process. `leads` resolves to whether it became the leader before it exited. */
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

/** Waits until a process has exited, and returns the signal that ended it. */
export async function ended(child: ChildProcess): Promise<NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.signalCode;
}

/** Starts a node, waits until it leads, and routes the messages of clients to it. */
export async function lead(
  router: Router,
  databaseUrl: string,
  service: string,
  ambush: Ambush | null,
): Promise<ChildProcess> {
  const { child, leads } = startNodeProcess(databaseUrl, service, ambush);
  if (await leads) router.connect(child);
  return child;
}
