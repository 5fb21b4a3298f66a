import type { Entry, EntryBody, Patch, RecordedMessage } from "../../protocol/journal.ts";
import type { News } from "./node-process.ts";
import { aside, say } from "./terminal.ts";

/** The counter's journal on the terminal: entries and checkpoints as they come, one a line. */
export class ShownJournal {
  /** Whether what comes is only counted. */
  quiet = false;
  /** The seq of the newest entry that has come. */
  seq = 0;
  readonly #messages = new Map<string, RecordedMessage>();

  header(): void {
    aside(line("seq", "kind", "message", "what came of it"));
  }

  /** Takes what a node tells. */
  show(news: News): void {
    if (news.kind === "entries") this.showEntries(news.entries);
    else if (!this.quiet) aside(line(String(news.seq), "checkpoint", "", `the whole state, ${news.bytes} bytes`));
  }

  /** Takes entries; those that have come before are left out. A node that is killed may not have told of its last. */
  showEntries(entries: readonly Entry[]): void {
    const fresh = entries.filter((entry) => entry.seq > this.seq);
    this.seq = fresh.at(-1)?.seq ?? this.seq;
    if (this.quiet) return;
    for (const { seq, body } of fresh) say(line(String(seq), body.kind, this.#message(body), outcome(body)));
  }

  /** The message of an entry; of those that belong to a received one, the message is in the first alone. */
  #message(body: EntryBody): string {
    if (!("messageId" in body)) return "";
    if ("message" in body && body.message !== undefined) this.#messages.set(body.messageId, body.message);
    const message = this.#messages.get(body.messageId);
    return message === undefined ? "" : [message.command, ...Object.values(message.payload as object)].join(" ");
  }
}

function line(seq: string, kind: string, message: string, outcome: string): string {
  return `${seq.padStart(5)}   ${kind.padEnd(10)}   ${message.padEnd(18)}   ${outcome}`.trimEnd();
}

function outcome(body: EntryBody): string {
  switch (body.kind) {
    case "turn":
      return body.state === undefined
        ? (body.patches ?? []).map(changed).join(", ")
        : `state = ${JSON.stringify(body.state)}`;
    case "received":
      return "to be finished, whatever happens";
    case "effect":
      return "result" in body.effect ? `answered ${JSON.stringify(body.effect.result)}` : body.effect.error.message;
    case "attempt_failed":
      return body.error.message;
    case "forked":
      return `from ${body.from.key} at ${body.from.seq}`;
    case "adopted":
      return `as it was at revision ${body.revision}`;
    default:
      return `to version ${body.to}`;
  }
}

function changed({ path, value }: Patch): string {
  return `${path.join(".")} = ${JSON.stringify(value)}`;
}
