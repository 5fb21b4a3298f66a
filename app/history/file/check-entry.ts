import { z } from "zod";
import { name, recordedEffect, recordedMessage, seq, time, value } from "../../../server/protocol/history-file.ts";
import type { Entry, EntryKind } from "../../../server/protocol/journal.ts";

/** The deepest nesting of a line: that of a state, and what is around it. */
const MAX_DEPTH = 140;
/** The most characters of an error's message or stack. */
const MAX_ERROR = 1_000_000;

const text = z.string().max(MAX_ERROR);
const patch = z.object({
  op: z.enum(["add", "remove", "replace"]),
  path: z.array(z.union([z.string(), z.number()])).max(MAX_DEPTH),
});
const ofMessage = { messageId: name, message: recordedMessage.optional() };

const bodies = {
  turn: z.object({
    kind: z.literal("turn"),
    ...ofMessage,
    patches: z.array(patch).optional(),
    reply: value,
    sends: z
      .array(z.object({ messageId: name, type: name, key: z.string(), command: name, payload: value }))
      .optional(),
    reminders: z.array(z.object({ name, set: z.object({ at: time, command: name }).nullable() })).optional(),
    version: seq,
    code: name,
    revision: seq.optional(),
  }),
  received: z.object({
    kind: z.literal("received"),
    messageId: name,
    message: recordedMessage,
    effects: z.array(recordedEffect).optional(),
  }),
  effect: z.object({
    kind: z.literal("effect"),
    messageId: name,
    n: seq,
    began: time.optional(),
    effect: recordedEffect,
  }),
  attempt_failed: z.object({
    kind: z.literal("attempt_failed"),
    ...ofMessage,
    attempt: seq,
    error: z.object({ name, message: text, stack: text }),
    code: name,
  }),
  migrated: z.object({ kind: z.literal("migrated"), from: seq, to: seq, state: value }),
  forked: z.object({
    kind: z.literal("forked"),
    from: z.object({ key: z.string().max(4_096), seq }),
    version: seq,
    turnTime: time,
  }),
  adopted: z.object({ kind: z.literal("adopted"), revision: seq, state: value, version: seq, turnTime: time }),
} satisfies Record<EntryKind, z.ZodType>;

const { turn, ...others } = bodies;
const body = z.discriminatedUnion("kind", [turn, ...Object.values(others)]);
const entry = z.object({ seq: seq.min(1), at: time, body });

/**
 * What a line of a file says, which anybody may have written: an entry as a journal has it. Members that are not known here
 * stay.
 * @throws Error when it is another thing
 */
export function checkEntry(line: unknown): Entry {
  check(entry, line);
  return line as Entry;
}

/** Checks what a line says. @throws Error that says what is wrong first, and where in the line */
export function check<T>(schema: z.ZodType<T>, line: unknown): T {
  const result = schema.safeParse(line);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new Error(`${where}${issue?.message ?? "it is malformed"}`);
}

/**
 * Checks that a parsed line can be held, shown and folded by whoever takes objects for plain.
 * @throws Error when it is nested too deep, or has a number that is none or a member that objects have for themselves
 */
export function requirePlain(given: unknown, depth = 0): void {
  if (typeof given === "number" && !Number.isFinite(given)) throw new Error("a number is too large");
  if (typeof given !== "object" || given === null) return;
  if (depth === MAX_DEPTH) throw new Error(`it is nested deeper than ${MAX_DEPTH} levels`);
  if (Object.hasOwn(given, "__proto__")) throw new Error('a member is called "__proto__"');
  for (const member of Object.values(given)) requirePlain(member, depth + 1);
}
