import type { Page } from "../../server/protocol/actors.ts";
import type { ErrorBody } from "../../server/protocol/errors.ts";
import type { CheckpointInfo, Entry, JournalQuery } from "../../server/protocol/journal.ts";

/** An actor as addresses name it: its type, and its key in text form. */
export interface ActorAddress {
  type: string;
  keyText: string;
}

/** Where the server's API has a part of an actor. */
export function pathOf({ type, keyText }: ActorAddress, part: string): string {
  return `/api/actors/${type}/${keyText}/${part}`;
}

/** The page on which another past of an actor is tried, from a seq on. */
export function whatIfPath({ type, keyText }: ActorAddress, at: number): string {
  return `/actors/${type}/${keyText}/time/what-if?at=${at}`;
}

/** Reads a part of an actor. Throws as `readPath`. */
function readJson<T>(address: ActorAddress, part: string, signal: AbortSignal): Promise<T> {
  return readPath(pathOf(address, part), signal);
}

/**
 * Reads from the server's API.
 * @throws Error with a message for people, when there is no answer or another one
 */
export async function readPath<T>(path: string, signal: AbortSignal): Promise<T> {
  return answerOf(path, { signal });
}

/**
 * Posts JSON to the server's API, and reads the answer.
 * @throws Error with a message for people, when there is no answer or an error
 */
export async function postPath<T>(path: string, body: object, signal: AbortSignal): Promise<T> {
  const headers = { "content-type": "application/json" };
  return answerOf(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

async function answerOf<T>(path: string, request: RequestInit): Promise<T> {
  const response = await fetch(path, request).catch((cause) => {
    throw new Error("The server did not answer.", { cause });
  });
  const body = (await response.json()) as T | { error: ErrorBody };
  if (typeof body === "object" && body !== null && "error" in body) throw new Error(body.error.message);
  return body as T;
}

/** Reads a page of an actor's journal. Throws as `readJson`. */
export function readEntries(
  address: ActorAddress,
  query: Partial<JournalQuery>,
  signal: AbortSignal,
): Promise<Page<Entry>> {
  const parameters = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return readJson(address, `journal?${new URLSearchParams(parameters)}`, signal);
}

/** Reads an actor's checkpoints, newest first. Throws as `readJson`. */
export async function readCheckpoints(address: ActorAddress, signal: AbortSignal): Promise<CheckpointInfo[]> {
  const { items } = await readJson<Page<CheckpointInfo>>(address, "checkpoints", signal);
  return items;
}
