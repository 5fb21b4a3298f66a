import { z } from "zod";
import type { ErrorBody } from "./errors.ts";
import type { Json } from "./json.ts";

/** The longest idempotency key, in characters. */
export const MAX_IDEMPOTENCY_KEY = 256;

/** An idempotency key: printable, and short enough to be an index entry. */
export const idempotencyKey = z
  .string()
  .min(1)
  .max(MAX_IDEMPOTENCY_KEY)
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces");

/** One line of `POST /api/commands`. `id` is the idempotency key. */
export const commandLine = z.object({
  type: z.string(),
  key: z.array(z.string()),
  command: z.string(),
  payload: z.json().default({}),
  id: idempotencyKey.optional(),
});
export type CommandLine = z.infer<typeof commandLine>;

/** The answer to a command, sent once its turn has committed. */
export interface CommandReply {
  reply: Json;
  /** The revision of the state that the reply was made from. */
  revision: number;
  messageId: string;
  /** True when an earlier command under the same idempotency key gave this reply. */
  repeated: boolean;
}

/** One line of the answer to `POST /api/commands`: the line's number (from 1) and its reply or error. */
export type CommandLineResult = { line: number } & (CommandReply | { error: ErrorBody });
