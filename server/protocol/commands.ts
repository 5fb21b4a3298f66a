import { z } from "zod";
import type { ErrorBody, ErrorCode } from "./errors.ts";
import type { Json } from "./journal.ts";

/** Maximum length of an idempotency key, in characters. */
const MAX_IDEMPOTENCY_KEY = 256;

/** An idempotency key: printable, and short enough for an index entry. */
export const idempotencyKey = z
  .string()
  .min(1)
  .max(MAX_IDEMPOTENCY_KEY)
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces");

/** One line of `POST /api/commands`. `id` is the idempotency key. The runtime checks the payload. */
export const commandLine = z.object({
  type: z.string(),
  key: z.array(z.string()),
  command: z.string(),
  payload: z.unknown().default({}),
  id: idempotencyKey.optional(),
});
export type CommandLine = z.infer<typeof commandLine>;

/** The reply to a command, sent once its turn has committed. */
export interface CommandReply {
  reply: Json;
  /** The revision of the durable state, or the seq of the journal, that the reply was made from. */
  revision?: number;
  seq?: number;
  messageId: string;
  /** True if an earlier command with the same idempotency key gave this reply. */
  repeated: boolean;
  /** Present if nothing was written because nothing changed: `revision` or `seq` is that of an earlier command. */
  unrecorded?: true;
}

/** The reply to a command that is queued: it is in the mailbox. */
export interface TellReply {
  messageId: string;
  /** True if an earlier message with the same idempotency key is the one that counts. */
  repeated: boolean;
}

/** One line of the response to `POST /api/commands`: the line's number (from 1) and its reply or error. */
export type CommandLineResult = { line: number } & (CommandReply | TellReply | { error: ErrorBody });

/**
 * Codes that mean that the server cannot answer now, not that the line is wrong. A stream of commands ends after the
 * first of them, so that no later command overtakes the failed one.
 */
export const interruptions: ReadonlySet<ErrorCode> = new Set(["overloaded", "fenced", "timeout", "unavailable"]);
