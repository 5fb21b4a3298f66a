import type { Json } from "../../protocol/json.ts";
import type { ActorType } from "../define/define.ts";
import type { TurnResult } from "./turn.ts";

type Done = Extract<TurnResult, { kind: "done" }>;

/** Patches of a length that is not worth comparing with the size of the state. In characters of JSON. */
const SHORT_PATCHES = 512;

/** What an entry says of its message. */
interface EntryMessage {
  id: string;
  /** The `RecordedMessage` as JSON, unless it was received before. */
  text: string | null;
  /** Of a durable state: which revision the turn made. */
  revision: number | null;
}

/**
 * What a journal, or a history, says of a finished turn: a `TurnEntry` as JSON, put together from what is JSON text already (the reply),
 * and from what must be written anyway to know which is shorter.
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
  // Ids and digests have no sign that JSON would write otherwise.
  return (
    `{"kind":"turn","messageId":"${id}"${own}${changeText(before, result)}` +
    `,"reply":${result.reply}${list("sends", result.sends)}${list("reminders", result.reminders)}` +
    `,"version":${version},"code":"${code}"${made}}`
  );
}

/** What the journal says of a change: patches, unless it is the first turn's, or the state itself is shorter. */
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
