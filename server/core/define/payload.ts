import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Issue } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/journal.ts";
import { GreenroomError } from "../errors.ts";
import { checkJson, NotJson } from "../json/json.ts";
import type { Contract, Schema } from "./contract.ts";

/** Maximum size of a payload, in bytes of JSON. */
export const MAX_PAYLOAD = 1024 * 1024;
/** Maximum number of issues in an error. */
const MAX_ISSUES = 50;

/** A valid payload: the schema's output, separate from the input, and its JSON text. */
export interface Payload {
  value: Json;
  text: string;
}

/**
 * Checks a payload against the schema of its command or query.
 * @param operation the name of the operation, for error messages
 * @throws GreenroomError `invalid_payload` with the issues, or `payload_too_large`
 */
export function parsePayload(schema: Schema, input: unknown, operation: string): Payload {
  requireJson(input, operation);
  const result = schema["~standard"].validate(input);
  if (result instanceof Promise)
    throw new TypeError(`The schema of ${operation} is asynchronous; only synchronous schemas are supported.`);
  if (result.issues) throw refused(operation, result.issues.slice(0, MAX_ISSUES).map(toIssue));
  requireJson(result.value, operation);
  const text = JSON.stringify(result.value);
  if (Buffer.byteLength(text) > MAX_PAYLOAD) {
    throw new GreenroomError("payload_too_large", `The payload of ${operation} is larger than ${MAX_PAYLOAD} bytes.`);
  }
  return { value: JSON.parse(text) as Json, text };
}

/**
 * Checks a payload against the schema of a contract's command.
 * @throws GreenroomError `unknown_command`, or as `parsePayload`
 */
export function parseCommand({ type, commands }: Contract, command: string, payload: unknown): Json {
  const schema = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (schema === undefined) throw new GreenroomError("unknown_command", `${type} has no command "${command}".`);
  return parsePayload(schema, payload, `${type}.${command}`).value;
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
  return new GreenroomError("invalid_payload", `The payload of ${operation} is not valid: ${where}${first?.message}`, {
    issues,
  });
}

function toIssue({ path, message }: StandardSchemaV1.Issue): Issue {
  return { path: (path ?? []).map((step) => asStep(typeof step === "object" ? step.key : step)), message };
}

function asStep(step: PropertyKey): string | number {
  return typeof step === "number" ? step : String(step);
}
