import type { ErrorBody, ErrorCode } from "../protocol/errors.ts";
import type { RecordedError } from "../protocol/journal.ts";

/** Maximum length of a recorded error text, in characters. */
const MAX_TEXT = 8_192;

type Details = NonNullable<ErrorBody["details"]>;

/** The only error class that callers receive. `code` is stable; the message says what happened and what to do. */
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
 * Converts any error to a body. A `GreenroomError` is recognized by its name and code, not its class, because bundled
 * code has its own copy of the class. Any other error becomes `unavailable`; its text appears only in the log.
 */
export function errorBody(error: unknown): ErrorBody {
  if (error instanceof Error && "code" in error && error.name === "GreenroomError") {
    const { code, message, details } = error as GreenroomError;
    return details === undefined ? { code, message } : { code, message, details };
  }
  return { code: "unavailable", message: "An unexpected error; the server's log has the details." };
}

/** Converts a thrown value to text that JSON columns, and the SQL that reads them, can hold. */
export function describeError(error: unknown): RecordedError {
  const message = messageOf(error);
  if (!(error instanceof Error)) return { name: "Error", message, stack: "" };
  return { name: storable(error.name), message, stack: storable(error.stack) };
}

/** The message of a thrown value, as `describeError` gives it. The stack, which takes longest to format, is not read. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return storable(error.message);
  return typeof error === "string" ? storable(error) : "what was thrown is not an Error";
}

/** Converts an error to its recorded form. The name and stack are those of its cause, if a handler threw that. */
export function recordedError(error: GreenroomError): RecordedError {
  const { name, stack } = describeError(error.cause instanceof Error ? error.cause : error);
  return { name, message: messageOf(error), stack };
}

function storable(text: unknown): string {
  if (typeof text !== "string") return "";
  return text.slice(0, MAX_TEXT).toWellFormed().replaceAll("\u0000", "\ufffd");
}
