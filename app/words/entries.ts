import type { Entry, Patch, RecordedMessage } from "../../server/protocol/journal.ts";
import { formatPath, preview } from "../tree/tree.ts";
import { formatCount } from "./format.ts";

/** The number of changed paths that a row names. */
const NAMED_PATHS = 3;
/** The max length of a value in a row, in characters. */
const MAX_VALUE = 80;

/** The commands of messages, by the messages' ids. */
export type Commands = ReadonlyMap<string, string>;

/** The texts of an entry's row. */
export interface EntryWords {
  /** The command or the effect; null if only an unknown entry contains it. */
  name: string | null;
  /** The changes, the payload, or the error. */
  what: string;
  /** The reply or an effect's result; null if there is none. */
  outcome: string | null;
}

/** The texts of an entry's row. `commands` contains the commands of messages received before. */
export function wordsOf({ body }: Entry, commands: Commands): EntryWords {
  switch (body.kind) {
    case "turn": {
      const name = body.message?.command ?? commands.get(body.messageId) ?? null;
      return { name, what: changed("state" in body, body.patches), outcome: short(body.reply) };
    }
    case "received":
      return { name: body.message.command, what: short(body.message.payload), outcome: null };
    case "effect": {
      const { name, attempts } = body.effect;
      const what = formatCount(attempts, "attempt");
      if ("result" in body.effect) return { name, what, outcome: short(body.effect.result) };
      return { name, what: `${what}: ${body.effect.error.message}`, outcome: null };
    }
    case "attempt_failed": {
      const name = body.message?.command ?? commands.get(body.messageId) ?? null;
      return { name, what: body.error.message, outcome: null };
    }
    case "forked":
      return {
        name: "state",
        what: `from ${body.from.key} at ${body.from.seq}${followed(body.whatIf)}`,
        outcome: null,
      };
    case "adopted":
      return { name: "state", what: `adopted at revision ${body.revision}`, outcome: null };
    case "migrated":
      return { name: "state", what: `version ${body.from} → ${body.to}`, outcome: null };
  }
}

function followed(whatIf = 0): string {
  return whatIf === 0 ? "" : `, then ${formatCount(whatIf, "entry", "entries")} from a what-if`;
}

function changed(isWhole: boolean, patches: readonly Patch[] = []): string {
  if (isWhole) return "the whole state";
  if (patches.length === 0) return "nothing";
  const paths = patches.slice(0, NAMED_PATHS).map(({ path }) => formatPath(path));
  const unnamed = patches.length - paths.length;
  return paths.join(", ") + (unnamed > 0 ? ` and ${unnamed} more` : "");
}

function short(value: Parameters<typeof preview>[0]): string {
  return preview(value, MAX_VALUE);
}

/** Whether an entry records an error. */
export function isFailure({ body }: Entry): boolean {
  return body.kind === "attempt_failed" || (body.kind === "effect" && "error" in body.effect);
}

/** The commands of the messages in `received` entries. */
export function commandsIn(entries: readonly Entry[]): Commands {
  return new Map(
    entries.flatMap(({ body }) => (body.kind === "received" ? [[body.messageId, body.message.command]] : [])),
  );
}

/** The entries whose command is in an earlier entry that is not among these. */
export function withoutCommand(entries: readonly Entry[]): Entry[] {
  const known = commandsIn(entries);
  return entries.filter(
    ({ body }) =>
      (body.kind === "turn" || body.kind === "attempt_failed") &&
      body.message === undefined &&
      !known.has(body.messageId),
  );
}

/** A message and its journal entries so far, oldest first. */
export interface Story {
  message: RecordedMessage;
  entries: readonly Entry[];
}

/** Whether a message is finished. */
export function isOver({ entries }: Story): boolean {
  const kind = entries.at(-1)?.body.kind;
  return kind === "turn" || kind === "attempt_failed";
}

/** The story of a message with a single entry; null for other entries. */
export function wholeStory(entry: Entry): Story | null {
  const { body } = entry;
  if (body.kind !== "turn" && body.kind !== "attempt_failed") return null;
  return body.message === undefined ? null : { message: body.message, entries: [entry] };
}
