import { z } from "zod";
import { name, recordedEffect, recordedMessage, seq, time, value } from "../../../server/protocol/history-file.ts";
import type { Entry, EntryKind } from "../../../server/protocol/journal.ts";

/** The max nesting of a line: that of a state and its surroundings. */
const MAX_DEPTH = 140;
/** The max length of an error's message or stack, in characters. */
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
    startedAt: time.optional(),
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
 * Checks that a line of an untrusted file is a journal entry. Unknown members stay.
 * @throws Error if it is not
 */
export function checkEntry(line: unknown): Entry {
  check(entry, line);
  return line as Entry;
}

/** Checks a line against a schema. @throws Error with the first problem and its path */
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
