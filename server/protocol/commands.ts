import { z } from "zod";
import type { ErrorBody, ErrorCode } from "./errors.ts";
import type { Json } from "./json.ts";

/** The longest idempotency key, in characters. */
const MAX_IDEMPOTENCY_KEY = 256;

/** An idempotency key: printable, and short enough to be an index entry. */
export const idempotencyKey = z
  .string()
  .min(1)
  .max(MAX_IDEMPOTENCY_KEY)
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces");

/**
 * One line of `POST /api/commands`. `id` is the idempotency key. The payload is not looked at here: the runtime checks
 * it, whoever sends.
 */
export const commandLine = z.object({
  type: z.string(),
  key: z.array(z.string()),
  command: z.string(),
  payload: z.unknown().default({}),
  id: idempotencyKey.optional(),
});
export type CommandLine = z.infer<typeof commandLine>;

/** The answer to a command, sent once its turn has committed. */
export interface CommandReply {
  reply: Json;
  /** The revision of the durable state that the reply was made from; or, of an actor with a journal, its seq. */
  revision?: number;
  seq?: number;
  messageId: string;
  /** True when an earlier command under the same idempotency key gave this reply. */
  repeated: boolean;
  /** Present when nothing was written, since the command changed nothing: `revision` or `seq` is an earlier one's. */
  unrecorded?: true;
}

/** The answer to a command that was told: a mailbox holds it. */
export interface TellReply {
  messageId: string;
  /** True when an earlier message under the same idempotency key is the one that counts. */
  repeated: boolean;
}

/** One line of the answer to `POST /api/commands`: the line's number (from 1) and its reply or error. */
export type CommandLineResult = { line: number } & (CommandReply | TellReply | { error: ErrorBody });

/**
 * Codes that say nothing against the line itself: the server cannot answer now. A stream of commands ends after the
 * first of them, so that no later command of the same actor overtakes the one that failed.
 */
export const interruptions: ReadonlySet<ErrorCode> = new Set(["overloaded", "fenced", "timeout", "unavailable"]);
