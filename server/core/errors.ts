import type { ErrorBody, ErrorCode } from "../protocol/errors.ts";
import type { RecordedError } from "../protocol/journal.ts";

/** The most characters of an error's text that are recorded. */
const MAX_TEXT = 8_192;

type Details = NonNullable<ErrorBody["details"]>;

/** The one error that callers are told of. Its `code` is stable; its message says what happened and what to do. */
export class GreenroomError extends Error {
  override readonly name = "GreenroomError";
  readonly code: ErrorCode;
  readonly details: Details | undefined;

  constructor(code: ErrorCode, message: string, details?: Details, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/**
 * The body that tells of any error. Errors are known by their code and not by their class, since bundled code has
 * classes of its own; whatever has none is `unavailable`, and its text stays in the log.
 */
export function errorBody(error: unknown): ErrorBody {
  if (error instanceof Error && "code" in error && error.name === "GreenroomError") {
    const { code, message, details } = error as GreenroomError;
    return details === undefined ? { code, message } : { code, message, details };
  }
  return { code: "unavailable", message: "An unexpected error; the server's log has the details." };
}

/** What is recorded of whatever was thrown: text that JSON columns, and the SQL that reads them, can hold. */
export function describeError(error: unknown): RecordedError {
  if (error instanceof Error) {
    return { name: keepable(error.name), message: keepable(error.message), stack: keepable(error.stack) };
  }
  const message = typeof error === "string" ? keepable(error) : "what was thrown is not an Error";
  return { name: "Error", message, stack: "" };
}

/** What is recorded of an error: of what a handler threw, rather than of how its caller is told. */
export function recordedError(error: GreenroomError): RecordedError {
  const { name, stack } = describeError(error.cause instanceof Error ? error.cause : error);
  return { name, message: describeError(error).message, stack };
}

function keepable(text: unknown): string {
  if (typeof text !== "string") return "";
  return text.slice(0, MAX_TEXT).toWellFormed().replaceAll("\u0000", "\ufffd");
}
