import type { CommandReply, TellReply } from "../../../../../server/protocol/commands.ts";
import type { ErrorBody, Result } from "../../../../../server/protocol/errors.ts";
import type { Json } from "../../../../../server/protocol/journal.ts";
import { runQuery, sendCommand, tellCommand } from "../../../../actions.ts";

/** The outcome of a message. */
type Outcome =
  | { kind: "reply"; reply: CommandReply }
  | { kind: "queued"; queued: TellReply }
  | { kind: "answer"; answer: Json }
  | { kind: "error"; error: ErrorBody };
export type Sent = Outcome & { durationMs: number };

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

/** Sends a message through the server's actions. Never throws: failures are outcomes too. */
export async function send(message: Message): Promise<Sent> {
  const startedAt = performance.now();
  const outcome = await sendOnce(message).catch((): Outcome => ({ kind: "error", error: noAnswer(message.kind) }));
  return { ...outcome, durationMs: performance.now() - startedAt };
}

async function sendOnce({ kind, payload, idempotencyKey, resends, ...rest }: Message): Promise<Outcome> {
  const request = {
    ...rest,
    payload: JSON.stringify(payload),
    ...(resends === undefined ? {} : { resends }),
    ...(idempotencyKey === "" ? {} : { idempotencyKey }),
  };
  if (kind === "query") return outcomeOf(await runQuery(request), (answer) => ({ kind: "answer", answer }));
  if (kind === "tell") return outcomeOf(await tellCommand(request), (queued) => ({ kind: "queued", queued }));
  return outcomeOf(await sendCommand(request), (reply) => ({ kind: "reply", reply }));
}

function outcomeOf<T>(result: Result<T>, toOutcome: (value: T) => Outcome): Outcome {
  return result.ok ? toOutcome(result.value) : { kind: "error", error: result.error };
}

function noAnswer(kind: Message["kind"]): ErrorBody {
  if (kind === "query") return { code: "unavailable", message: "The server did not answer." };
  return {
    code: "timeout",
    message: "The server did not answer, so the outcome is unknown. Retrying with the same idempotency key is safe.",
  };
}
