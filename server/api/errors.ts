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

/** What is told of errors that the HTTP layer itself makes, by their status. */
const ofTheRequest: Readonly<Record<number, ErrorBody>> = {
  400: { code: "invalid_payload", message: "The request is malformed: its URL or its length cannot be read." },
  413: { code: "payload_too_large", message: "The body is larger than 1 MiB." },
  415: {
    code: "invalid_payload",
    message: "This content type is not taken here: send application/json; to /api/commands, application/x-ndjson.",
  },
};

/** How an error is told over HTTP. */
export interface Refusal {
  status: number;
  error: ErrorBody;
  /** After how many seconds to ask again; null when that would not help. */
  retryAfter: number | null;
  /** True when nobody foresaw it: the caller is told no more than that, and the error belongs in the log. */
  unexpected: boolean;
}

/** How `error`, whatever it is, is told over HTTP. */
export function toRefusal(error: unknown): Refusal {
  const body = errorBody(error);
  if (error instanceof Error && error.name === "GreenroomError") return refusal(statusOf[body.code], body);
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  const told = ofTheRequest[status];
  return told === undefined ? { ...refusal(500, body), unexpected: true } : refusal(status, told);
}

function refusal(status: number, error: ErrorBody): Refusal {
  const again = error.code === "overloaded" || error.code === "unavailable";
  const retryAfter = again ? Math.max(1, Math.ceil((error.details?.retryAfterMs ?? 0) / 1_000)) : null;
  return { status, error, retryAfter, unexpected: false };
}
