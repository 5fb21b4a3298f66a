import type { CommandReply, TellReply } from "../../../../../server/protocol/commands.ts";
import type { ErrorBody } from "../../../../../server/protocol/errors.ts";
import type { Json } from "../../../../../server/protocol/json.ts";
import { runQuery, sendCommand, tellCommand } from "../../../../actions.ts";

/** The outcome of a message. */
export type Sent =
  | { kind: "reply"; reply: CommandReply; durationMs: number }
  | { kind: "queued"; queued: TellReply; durationMs: number }
  | { kind: "answer"; answer: Json; durationMs: number }
  | { kind: "error"; error: ErrorBody; durationMs: number };

/** A message to send. An empty idempotency key is omitted. */
export interface Message {
  /** `command` waits for the reply; `tell` only queues the command in the mailbox. */
  kind: "command" | "tell" | "query";
  type: string;
  keyText: string;
  operation: string;
  payload: Json;
  idempotencyKey: string;
  /** The id of the message that this one repeats, changed or not. */
  resends?: string | undefined;
}

/** Sends a message through the server's actions. Never throws: failures are returned. */
export async function send({ kind, payload, idempotencyKey, resends, ...rest }: Message): Promise<Sent> {
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const plain = { ...rest, payload: JSON.stringify(payload) };
  const request = resends === undefined ? plain : { ...plain, resends };
  try {
    if (kind === "query") {
      const result = await runQuery(request);
      return result.ok
        ? { kind: "answer", answer: result.value, durationMs: elapsed() }
        : { kind: "error", error: result.error, durationMs: elapsed() };
    }
    const keyed = idempotencyKey === "" ? request : { ...request, idempotencyKey };
    if (kind === "tell") {
      const result = await tellCommand(keyed);
      return result.ok
        ? { kind: "queued", queued: result.value, durationMs: elapsed() }
        : { kind: "error", error: result.error, durationMs: elapsed() };
    }
    const result = await sendCommand(keyed);
    return result.ok
      ? { kind: "reply", reply: result.value, durationMs: elapsed() }
      : { kind: "error", error: result.error, durationMs: elapsed() };
  } catch {
    return { kind: "error", error: noAnswer(kind), durationMs: elapsed() };
  }
}

function noAnswer(kind: Message["kind"]): ErrorBody {
  if (kind === "query") return { code: "unavailable", message: "The server did not answer." };
  return {
    code: "timeout",
    message: "The server did not answer, so the outcome is unknown. Retrying with the same idempotency key is safe.",
  };
}
