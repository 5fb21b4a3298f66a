import { errorBody } from "../core/errors.ts";
import type { ErrorBody, ErrorCode } from "../protocol/errors.ts";

/** The HTTP status of each code. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  invalid_key: 400,
  invalid_payload: 400,
  unauthorized: 401,
  forbidden: 403,
  unknown_type: 404,
  unknown_command: 404,
  not_found: 404,
  rejected: 409,
  payload_too_large: 413,
  idempotency_conflict: 422,
  actor_failed: 500,
  handler_failed: 500,
  overloaded: 503,
  fenced: 503,
  unavailable: 503,
  timeout: 504,
};

/** The errors of the HTTP layer itself, by status. */
const requestErrors: Readonly<Record<number, ErrorBody>> = {
  400: { code: "invalid_payload", message: "The request is malformed: its URL or its length is not valid." },
  413: { code: "payload_too_large", message: "The body is larger than 1 MiB." },
  415: {
    code: "invalid_payload",
    message: "Unsupported content type: send application/json, or application/x-ndjson to /api/commands.",
  },
};

/** An error as an HTTP response. */
export interface Refusal {
  status: number;
  error: ErrorBody;
  /** Seconds until a retry makes sense; null if it does not help. */
  retryAfter: number | null;
  /** True for an unexpected error: the caller gets no details, and the log gets the error. */
  unexpected: boolean;
}

/** Converts any error to an HTTP response. */
export function toRefusal(error: unknown): Refusal {
  const body = errorBody(error);
  if (error instanceof Error && error.name === "GreenroomError") return refusal(statusOf[body.code], body);
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  const known = requestErrors[status];
  return known === undefined ? { ...refusal(500, body), unexpected: true } : refusal(status, known);
}

function refusal(status: number, error: ErrorBody): Refusal {
  const again = error.code === "overloaded" || error.code === "unavailable";
  const retryAfter = again ? Math.max(1, Math.ceil((error.details?.retryAfterMs ?? 0) / 1_000)) : null;
  return { status, error, retryAfter, unexpected: false };
}
