import type { Entry, EntryBody, Patch, RecordedMessage } from "../../protocol/journal.ts";
import { aside, say } from "./terminal.ts";

/** Prints the counter's journal: entries and checkpoints as they are reported, one per line. */
export class JournalView {
  /** Whether entries are only counted. */
  quiet = false;
  /** The seq of the newest reported entry. */
  seq = 0;
  readonly #messages = new Map<string, RecordedMessage>();

  header(): void {
    aside(line("seq", "kind", "message", "outcome"));
  }

  showCheckpoint(seq: number, bytes: number): void {
    if (!this.quiet) aside(line(String(seq), "checkpoint", "", `the whole state, ${bytes} bytes`));
  }

  /** Shows entries, except those already shown. */
  showEntries(entries: readonly Entry[]): void {
    const fresh = entries.filter((entry) => entry.seq > this.seq);
    this.seq = fresh.at(-1)?.seq ?? this.seq;
    if (this.quiet) return;
    for (const { seq, body } of fresh) say(line(String(seq), body.kind, this.#message(body), outcome(body)));
  }

  /** The message of an entry. Of the entries of a received message, only the first contains it. */
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
      return "accepted; will be finished even after a crash";
    case "effect":
      return "result" in body.effect ? `answered ${JSON.stringify(body.effect.result)}` : body.effect.error.message;
    case "attempt_failed":
      return body.error.message;
    case "forked":
      return `from ${body.from.key} at ${body.from.seq}`;
    case "adopted":
      return `state at revision ${body.revision}`;
    default:
      return `to version ${body.to}`;
  }
}

function changed({ path, value }: Patch): string {
  return `${path.join(".")} = ${JSON.stringify(value)}`;
}
