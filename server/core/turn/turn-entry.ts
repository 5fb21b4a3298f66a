import type { Json } from "../../protocol/journal.ts";
import type { ActorType } from "../define/define.ts";
import type { TurnResult } from "./turn.ts";

type Done = Extract<TurnResult, { kind: "done" }>;

/** Patches up to this length, in characters of JSON, are stored without comparing them with the state's size. */
const SHORT_PATCHES = 512;

/** The parts of an entry that describe its message. */
interface EntryMessage {
  id: string;
  /** The `RecordedMessage` as JSON; null if a `received` entry already holds it. */
  text: string | null;
  /** The revision that the turn makes of a durable state; null for a journal. */
  revision: number | null;
}

/**
 * Builds the JSON of a `TurnEntry` from parts that are already JSON text, so that nothing is serialized twice.
 * @param before undefined before the first turn
 */
export function turnEntryText(
  { version, code }: Pick<ActorType, "version" | "code">,
  { id, text, revision }: EntryMessage,
  before: Json | undefined,
  result: Done,
): string {
  const own = text === null ? "" : `,"message":${text}`;
  const made = revision === null ? "" : `,"revision":${revision}`;
  // Ids and digests contain no characters that JSON escapes.
  return (
    `{"kind":"turn","messageId":"${id}"${own}${changeText(before, result)}` +
    `,"reply":${result.reply}${list("sends", result.sends)}${list("reminders", result.reminders)}` +
    `,"version":${version},"code":"${code}"${made}}`
  );
}

/** Patches, except for the first turn or where the whole state is shorter. */
function changeText(before: Json | undefined, { state, bytes, patches }: Done): string {
  if (before === undefined) return `,"state":${JSON.stringify(state)}`;
  if (state === before) return "";
  const text = JSON.stringify(patches);
  return text.length > SHORT_PATCHES && text.length > bytes
    ? `,"state":${JSON.stringify(state)}`
    : `,"patches":${text}`;
}

function list(name: string, items: readonly object[]): string {
  return items.length === 0 ? "" : `,"${name}":${JSON.stringify(items)}`;
}
