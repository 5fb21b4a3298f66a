import type { CommandReply, TellReply } from "../../../../../server/protocol/commands.ts";
import type { ErrorBody } from "../../../../../server/protocol/errors.ts";
import type { Json } from "../../../../../server/protocol/json.ts";
import { runQuery, sendCommand, tellCommand } from "../../../../actions.ts";

/** What came of a message, and after how many milliseconds. */
export type Sent =
  | { kind: "reply"; reply: CommandReply; took: number }
  | { kind: "told"; told: TellReply; took: number }
  | { kind: "answer"; answer: Json; took: number }
  | { kind: "error"; error: ErrorBody; took: number };

/** A message as its form has it; an empty idempotency key is none. */
export interface Message {
  /** A command is sent and its reply waited for, or it is told: put into the mailbox. */
  kind: "command" | "tell" | "query";
  type: string;
  keyText: string;
  operation: string;
  payload: Json;
  idempotencyKey: string;
  /** The id of the message that it is once more, changed or not. */
  resends?: string | undefined;
}

/** Sends a message through the server's actions. Never throws: what goes wrong is told. */
export async function send({ kind, payload, idempotencyKey, resends, ...rest }: Message): Promise<Sent> {
  const begun = performance.now();
  const took = () => performance.now() - begun;
  const plain = { ...rest, payload: JSON.stringify(payload) };
  const request = resends === undefined ? plain : { ...plain, resends };
  try {
    if (kind === "query") {
      const result = await runQuery(request);
      return result.ok
        ? { kind: "answer", answer: result.value, took: took() }
        : { kind: "error", error: result.error, took: took() };
    }
    const keyed = idempotencyKey === "" ? request : { ...request, idempotencyKey };
    if (kind === "tell") {
      const result = await tellCommand(keyed);
      return result.ok
        ? { kind: "told", told: result.value, took: took() }
        : { kind: "error", error: result.error, took: took() };
    }
    const result = await sendCommand(keyed);
    return result.ok
      ? { kind: "reply", reply: result.value, took: took() }
      : { kind: "error", error: result.error, took: took() };
  } catch {
    return { kind: "error", error: noAnswer(kind), took: took() };
  }
}

function noAnswer(kind: Message["kind"]): ErrorBody {
  if (kind === "query") return { code: "unavailable", message: "The server did not answer." };
  return {
    code: "timeout",
    message:
      "The server did not answer, so what became of the command is not known. A repeat is safe under the same idempotency key.",
  };
}
