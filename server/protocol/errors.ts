import { z } from "zod";

/** Every error code of the API, the sockets and the handle. */
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

/** One problem of a payload; `path` leads to the field, from the payload's root. */
export const issue = z.object({
  path: z.array(z.union([z.string(), z.number()])),
  message: z.string(),
});
export type Issue = z.infer<typeof issue>;

/** An error as callers receive it: what happened, what to do, and for a payload, its issues. */
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

/** A value or an error, for interfaces that cannot carry a thrown error. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: ErrorBody };
