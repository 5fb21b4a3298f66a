import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Issue } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import { GreenroomError } from "../errors.ts";
import { checkJson, NotJson } from "../json/json.ts";
import type { Schema } from "./contract.ts";

/** The most bytes that a payload, as JSON, may have. */
export const MAX_PAYLOAD = 1024 * 1024;
/** The most issues that a refusal names. */
const MAX_ISSUES = 50;

/** A payload that passed: what the schema made of it, detached from what was sent, and its JSON text. */
export interface Payload {
  value: Json;
  text: string;
}

/**
 * Checks a payload against the schema of its command or query.
 * @param operation the command's name, for the message
 * @throws GreenroomError `invalid_payload` with the issues, or `payload_too_large`
 */
export function parsePayload(schema: Schema, input: unknown, operation: string): Payload {
  requireJson(input, operation);
  const result = schema["~standard"].validate(input);
  if (result instanceof Promise) throw new TypeError(`The schema of ${operation} is asynchronous.`);
  if (result.issues) throw refused(operation, result.issues.slice(0, MAX_ISSUES).map(toIssue));
  requireJson(result.value, operation);
  const text = JSON.stringify(result.value);
  if (Buffer.byteLength(text) > MAX_PAYLOAD) {
    throw new GreenroomError("payload_too_large", `The payload of ${operation} is larger than ${MAX_PAYLOAD} bytes.`);
  }
  return { value: JSON.parse(text) as Json, text };
}

function requireJson(value: unknown, operation: string): asserts value is Json {
  try {
    checkJson(value);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw refused(operation, [{ path: [...error.path], message: error.problem }]);
  }
}

function refused(operation: string, issues: Issue[]): GreenroomError {
  const first = issues[0];
  const where = first === undefined || first.path.length === 0 ? "" : `${first.path.join(".")}: `;
  return new GreenroomError("invalid_payload", `The payload of ${operation} was refused: ${where}${first?.message}`, {
    issues,
  });
}

function toIssue({ path, message }: StandardSchemaV1.Issue): Issue {
  return { path: (path ?? []).map((step) => asStep(typeof step === "object" ? step.key : step)), message };
}

function asStep(step: PropertyKey): string | number {
  return typeof step === "number" ? step : String(step);
}
