import type { ActorDetail } from "../server/protocol/actors.ts";
import type { CommandLine, CommandLineResult, CommandReply, TellReply } from "../server/protocol/commands.ts";
import { encodeKey } from "../server/protocol/key-text.ts";

/** A command for a `user-state` actor. */
export type UserCommand = Pick<CommandLine, "key" | "command"> & { payload?: Record<string, string | boolean> };

/** A command for any actor, by default of type `user-state`. */
type AnyCommand = Pick<CommandLine, "key" | "command"> & { type?: string; payload?: unknown };

/** Increments of a counter. */
export function increments(id: string, count: number): AnyCommand[] {
  return Array.from({ length: count }, () => ({ type: "counter", key: [id], command: "increment" }));
}

/** Product views: `views(["mall", "user"], 3)` views `p1`, `p2` and `p3`. */
export function views(key: string[], count: number): UserCommand[] {
  return Array.from({ length: count }, (_, i) => ({
    key,
    command: "viewProduct",
    payload: { productId: `p${i + 1}` },
  }));
}

/**
 * Sends commands over HTTP, in one request; resolves when all have committed.
 * @throws Error when one of them was refused
 */
export async function send(url: string, commands: readonly AnyCommand[]): Promise<void> {
  await sendLines(url, commands, {});
}

async function sendLines(url: string, commands: readonly AnyCommand[], headers: Record<string, string>): Promise<void> {
  const lines = commands.map((command) => JSON.stringify({ type: "user-state", ...command }));
  const response = await fetch(`${url}/api/commands`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson", ...headers },
    body: lines.join("\n"),
  });
  const answers = (await response.text()).trim().split("\n");
  const results = answers.map((answer) => JSON.parse(answer) as CommandLineResult);
  const refused = results.find((result) => "error" in result);
  if (refused !== undefined || results.length < lines.length) {
    throw new Error(`${results.length} of ${lines.length} commands were answered; ${JSON.stringify(refused)}`);
  }
}

/**
 * Sends a command to an actor, named as in URLs: `counter/c1`; resolves with its reply.
 * @throws Error when it was refused
 */
export async function ask(url: string, actor: string, command: string, payload: object = {}): Promise<CommandReply> {
  const response = await fetch(`${url}/api/actors/${actor}/commands/${command}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as CommandReply;
}

/**
 * Queues a command in an actor's mailbox, named as in URLs: `counter/c1`; resolves with the message id.
 * @throws Error when it was refused
 */
export async function tell(url: string, actor: string, command: string, payload: object = {}): Promise<string> {
  const response = await fetch(`${url}/api/actors/${actor}/commands/${command}`, {
    method: "POST",
    headers: { "content-type": "application/json", prefer: "respond-async" },
    body: JSON.stringify(payload),
  });
  if (response.status !== 202) throw new Error(await response.text());
  return ((await response.json()) as TellReply).messageId;
}

/**
 * Queues commands in mailboxes, in one request; resolves when all are there.
 * @throws Error when one of them was refused
 */
export async function tellAll(url: string, commands: readonly AnyCommand[]): Promise<void> {
  await sendLines(url, commands, { prefer: "respond-async" });
}

/** Reads a `user-state` actor without waking it. */
export async function read(url: string, key: string[]): Promise<ActorDetail> {
  const response = await fetch(`${url}/api/actors/user-state/${encodeKey(key)}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as ActorDetail;
}

/** The path of an actor's page. */
export function pageOf(key: string[]): string {
  return `/actors/user-state/${encodeKey(key)}`;
}
