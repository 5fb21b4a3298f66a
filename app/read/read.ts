import type { Page } from "../../server/protocol/actors.ts";
import type { ErrorBody, Result } from "../../server/protocol/errors.ts";
import type { Entry, JournalQuery } from "../../server/protocol/journal.ts";
import { LineSplitter } from "../../server/protocol/lines.ts";

/** The address of an actor: its type, and its key in text form. */
export interface ActorAddress {
  type: string;
  keyText: string;
}

/** The API path of a part of an actor. */
export function pathOf({ type, keyText }: ActorAddress, part: string, query: object = {}): string {
  const parameters = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return `/api/actors/${type}/${keyText}/${part}${parameters.length === 0 ? "" : `?${new URLSearchParams(parameters)}`}`;
}

/** The path of the what-if page at a seq. */
export function whatIfPath({ type, keyText }: ActorAddress, at: number): string {
  return `/actors/${type}/${keyText}/time/what-if?at=${at}`;
}

/**
 * Reads from the server's API.
 * @throws Error with a message for users, without a response or with an error
 */
export async function readPath<T>(path: string, signal: AbortSignal): Promise<T> {
  return answerOf(path, { signal });
}

/**
 * Posts JSON to the server's API and reads the response.
 * @throws Error with a message for users, without a response or with an error
 */
export async function postPath<T>(path: string, body: object, signal: AbortSignal): Promise<T> {
  const headers = { "content-type": "application/json" };
  return answerOf(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

async function answerOf<T>(path: string, request: RequestInit): Promise<T> {
  const response = await responseOf(path, request);
  return withoutError<T>(await response.json());
}

async function responseOf(path: string, request: RequestInit): Promise<Response> {
  return fetch(path, request).catch((cause) => {
    throw new Error("The server did not answer.", { cause });
  });
}

function withoutError<T>(body: T | { error: ErrorBody }): T {
  if (typeof body === "object" && body !== null && "error" in body) throw new Error(body.error.message);
  return body;
}

/** The max length of a line, in bytes: more than a state and the entries of a window. */
const MAX_LINE = 128 * 1024 * 1024;

/** Streams NDJSON from the server's API, line by line. Throws like `readPath`. */
export async function* readLines<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
  const response = await responseOf(path, { signal });
  if (!response.ok || response.body === null) {
    withoutError(await response.json());
    return;
  }
  const splitter = new LineSplitter(MAX_LINE);
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    for (const { bytes } of splitter.push(part.value)) yield parse<T>(bytes);
  }
  for (const { bytes } of splitter.end()) yield parse<T>(bytes);
}

function parse<T>(bytes: Uint8Array | null): T {
  if (bytes === null) throw new Error("The server's response is too long.");
  return withoutError<T>(JSON.parse(new TextDecoder().decode(bytes)));
}

/** Reads a page of an actor's journal. Throws like `readPath`. */
export function readEntries(
  address: ActorAddress,
  query: Partial<JournalQuery>,
  signal: AbortSignal,
): Promise<Page<Entry>> {
  return readPath(pathOf(address, "journal", query), signal);
}

/** The result of a server action without a response. */
export function unanswered(): Result<never> {
  return { ok: false, error: { code: "timeout", message: "The server did not answer." } };
}
