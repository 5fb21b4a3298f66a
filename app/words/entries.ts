import type { Entry, RecordedMessage } from "../../server/protocol/journal.ts";

/** The commands of messages, by the messages' ids. */
export type Commands = ReadonlyMap<string, string>;

/** The commands of the messages that entries say were received. */
export function commandsIn(entries: readonly Entry[]): Commands {
  return new Map(
    entries.flatMap(({ body }) => (body.kind === "received" ? [[body.messageId, body.message.command]] : [])),
  );
}

/** The entries whose command is in an entry before them, and in none of these. */
export function withoutCommand(entries: readonly Entry[]): Entry[] {
  const known = commandsIn(entries);
  return entries.filter(
    ({ body }) =>
      (body.kind === "turn" || body.kind === "attempt_failed") &&
      body.message === undefined &&
      !known.has(body.messageId),
  );
}

/** What a journal says of one message: the message, and its entries so far, oldest first. */
export interface Story {
  message: RecordedMessage;
  entries: readonly Entry[];
}

/** Whether nothing more will be said of a message. */
export function isOver({ entries }: Story): boolean {
  const kind = entries.at(-1)?.body.kind;
  return kind === "turn" || kind === "attempt_failed";
}

/** The story of a message that a single entry tells whole; null for others, and for entries that no message brought. */
export function wholeStory(entry: Entry): Story | null {
  const { body } = entry;
  if (body.kind !== "turn" && body.kind !== "attempt_failed") return null;
  return body.message === undefined ? null : { message: body.message, entries: [entry] };
}
