import { z } from "zod";

/** Every code an error can carry, in the API, over sockets and from the handle. */
export const errorCode = z.enum([
  "invalid_key",
  "unknown_type",
  "unknown_command",
  "invalid_payload",
  "rejected",
  "idempotency_conflict",
  "not_found",
  "overloaded",
  "actor_failed",
  "fenced",
  "timeout",
  "handler_failed",
  "unavailable",
  "unauthorized",
  "forbidden",
  "payload_too_large",
]);
export type ErrorCode = z.infer<typeof errorCode>;

/** One reason why a payload was refused; `path` leads to the field, from the payload's root. */
export const issue = z.object({
  path: z.array(z.union([z.string(), z.number()])),
  message: z.string(),
});
export type Issue = z.infer<typeof issue>;

/** What a caller is told of an error: what it was, what to do, and where (for a payload, its issues). */
export const errorBody = z.object({
  code: errorCode,
  message: z.string(),
  details: z
    .object({
      issues: z.array(issue).optional(),
      retryAfterMs: z.number().optional(),
      line: z.number().optional(),
    })
    .optional(),
});
export type ErrorBody = z.infer<typeof errorBody>;

/** A value, or the error that came instead: how results cross a seam that cannot carry a thrown error. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: ErrorBody };
