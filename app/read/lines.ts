import type { ErrorBody } from "../../server/protocol/errors.ts";
import { LineSplitter } from "../../server/protocol/lines.ts";

/** The longest line that is taken, in bytes: a state and the entries of a window, with room to spare. */
const MAX_LINE = 128 * 1024 * 1024;

/**
 * Reads NDJSON from the server's API, line by line as they come.
 * @throws Error with a message for people, when there is no answer, or an error in it
 */
export async function* readLines<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
  const response = await fetch(path, { signal }).catch((cause) => {
    throw new Error("The server did not answer.", { cause });
  });
  if (!response.ok || response.body === null) {
    const { error } = (await response.json()) as { error: ErrorBody };
    throw new Error(error.message);
  }
  const splitter = new LineSplitter(MAX_LINE);
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    for (const { bytes } of splitter.push(part.value)) yield parse<T>(bytes);
  }
  for (const { bytes } of splitter.end()) yield parse<T>(bytes);
}

function parse<T>(bytes: Uint8Array | null): T {
  if (bytes === null) throw new Error("The server's answer is too long.");
  const line = JSON.parse(new TextDecoder().decode(bytes)) as T | { error: ErrorBody };
  if (typeof line === "object" && line !== null && "error" in line) throw new Error(line.error.message);
  return line as T;
}
