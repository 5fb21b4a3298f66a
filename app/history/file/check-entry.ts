import type { z } from "zod";
import { entry } from "../../../server/protocol/entries.ts";
import type { Entry } from "../../../server/protocol/journal.ts";

/** Maximum nesting of a line: a state's, and what is around it. */
const MAX_DEPTH = 140;

/**
 * Checks that a line of a file is an entry. Unknown members are preserved.
 * @throws Error when it is not
 */
export function checkEntry(line: unknown): Entry {
  check(entry, line);
  return line as Entry;
}

/** Parses a line by a schema. @throws Error with the first problem and its path */
export function check<T>(schema: z.ZodType<T>, line: unknown): T {
  const result = schema.safeParse(line);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new Error(`${where}${issue?.message ?? "malformed"}`);
}

/**
 * Checks that a parsed line contains only plain, finite values.
 * @throws Error if it is nested too deep, or contains an infinite number or a member `__proto__`
 */
export function requirePlain(given: unknown, depth = 0): void {
  if (typeof given === "number" && !Number.isFinite(given)) throw new Error("a number is too large");
  if (typeof given !== "object" || given === null) return;
  if (depth === MAX_DEPTH) throw new Error(`the nesting is deeper than ${MAX_DEPTH} levels`);
  if (Object.hasOwn(given, "__proto__")) throw new Error('a member is named "__proto__"');
  for (const member of Object.values(given)) requirePlain(member, depth + 1);
}
