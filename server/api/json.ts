import type { z } from "zod";
import { GreenroomError } from "../core/errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The value that JSON text in UTF-8 stands for. A member named `__proto__` becomes a plain member, which the runtime
 * refuses in any payload.
 * @throws GreenroomError `invalid_payload`
 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? cause.message : "it is not UTF-8";
    throw new GreenroomError("invalid_payload", `This is not JSON: ${why}.`, undefined, { cause });
  }
}

/**
 * Checks what came from outside against its schema.
 * @param what how the message calls it: "a command", "the query string"
 * @throws GreenroomError `invalid_payload` with the issues
 */
export function parseAs<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({
    path: path.map((step) => (typeof step === "number" ? step : String(step))),
    message,
  }));
  const text = issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`));
  throw new GreenroomError("invalid_payload", `This is not ${what}: ${text.join("; ")}`, { issues });
}
