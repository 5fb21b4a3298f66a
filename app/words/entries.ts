import type { Entry, RecordedMessage } from "../../server/protocol/journal.ts";

/** The commands of messages, by the messages' ids. */
export type Commands = ReadonlyMap<string, string>;

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
