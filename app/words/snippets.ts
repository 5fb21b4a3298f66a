import type { Json } from "../../server/protocol/journal.ts";
import { encodeKey } from "../../server/protocol/key-text.ts";

/** A message to copy as code. An empty idempotency key is omitted. */
export interface SentMessage {
  kind: "command" | "query";
  type: string;
  segments: readonly string[];
  operation: string;
  payload: Json;
  idempotencyKey: string;
}

/** The shell command that sends a message to the server at `origin`, with all values quoted. */
export function curlOf(
  { kind, type, segments, operation, payload, idempotencyKey }: SentMessage,
  origin: string,
): string {
  const kinds = { command: "commands", query: "queries" };
  const url = `${origin}/api/actors/${type}/${encodeKey(segments)}/${kinds[kind]}/${operation}`;
  const headers = ["content-type: application/json"];
  if (idempotencyKey !== "") headers.push(`idempotency-key: ${idempotencyKey}`);
  return [
    `curl -X POST ${quoted(url)}`,
    ...headers.map((header) => `-H ${quoted(header)}`),
    `--data-raw ${quoted(JSON.stringify(payload))}`,
  ].join(" \\\n  ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const identifier = /^[A-Za-z_$][\w$]*$/;

/** The call of the typed client that sends a message. The actor type's constant is named by convention. */
export function typescriptOf({ type, segments, operation, payload, idempotencyKey }: SentMessage): string {
  const method = identifier.test(operation) ? `.${operation}` : `[${JSON.stringify(operation)}]`;
  const options = idempotencyKey === "" ? "" : `, ${JSON.stringify({ idempotencyKey })}`;
  const key = JSON.stringify(segments);
  return `await client.actor(${constantOf(type)}, ${key})${method}(${JSON.stringify(payload, null, 2)}${options});`;
}

/** `user-state` is `UserState`. */
function constantOf(type: string): string {
  return type
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}
