import type { CommandReply, TellReply } from "../../../../../server/protocol/commands.ts";
import type { ErrorBody, Result } from "../../../../../server/protocol/errors.ts";
import type { Json } from "../../../../../server/protocol/json.ts";
import { runQuery, sendCommand, tellCommand } from "../../../../actions.ts";

/** The outcome of a message. */
type Came =
  | { kind: "reply"; reply: CommandReply }
  | { kind: "queued"; queued: TellReply }
  | { kind: "answer"; answer: Json }
  | { kind: "error"; error: ErrorBody };
export type Sent = Came & { durationMs: number };

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

/** Sends a message through the server's actions. Never throws: a failure is an outcome too. */
export async function send(message: Message): Promise<Sent> {
  const startedAt = performance.now();
  const came = await sendNow(message).catch((): Came => ({ kind: "error", error: noAnswer(message.kind) }));
  return { ...came, durationMs: performance.now() - startedAt };
}

async function sendNow({ kind, payload, idempotencyKey, resends, ...rest }: Message): Promise<Came> {
  const request = {
    ...rest,
    payload: JSON.stringify(payload),
    ...(resends === undefined ? {} : { resends }),
    ...(idempotencyKey === "" ? {} : { idempotencyKey }),
  };
  if (kind === "query") return cameOf(await runQuery(request), (answer) => ({ kind: "answer", answer }));
  if (kind === "tell") return cameOf(await tellCommand(request), (queued) => ({ kind: "queued", queued }));
  return cameOf(await sendCommand(request), (reply) => ({ kind: "reply", reply }));
}

function cameOf<T>(result: Result<T>, came: (value: T) => Came): Came {
  return result.ok ? came(result.value) : { kind: "error", error: result.error };
}

function noAnswer(kind: Message["kind"]): ErrorBody {
  if (kind === "query") return { code: "unavailable", message: "The server did not answer." };
  return {
    code: "timeout",
    message:
      "The server did not answer, so what became of the command is not known. A repeat is safe under the same idempotency key.",
  };
}
