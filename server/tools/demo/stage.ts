import type { Log } from "../../process/log.ts";
import type { Shutdown } from "../../process/shutdown.ts";
import type { Entry, EntryBody, Patch, RecordedMessage } from "../../protocol/journal.ts";
import type { Store } from "../../runtime/ports/store.ts";
import { migrateDatabase } from "../../store/migrate.ts";
import { openStore } from "../../store/postgres.ts";
import { startTemporaryPostgres } from "../temporary-postgres.ts";
import { NodeProcess } from "./node-process.ts";
import { QuoteService } from "./quote-service.ts";
import { aside, duration, say, step } from "./terminal.ts";

/** Everything the demo runs on. */
export interface Stage {
  /** For reading: the node has its own. */
  store: Store;
  quotes: QuoteService;
  journal: JournalView;
  log: Log;
  /** Starts the runtime in a new process. No other may be running. */
  startNode(): Promise<NodeProcess>;
}

/** Starts Postgres in a temporary directory and the quote service. `shutdown` stops and removes them. */
export async function setStage(shutdown: Shutdown, log: Log): Promise<Stage> {
  step(1, "The stage");
  const startedAt = performance.now();
  const postgres = await startTemporaryPostgres(shutdown, log, "greenroom-demo-");
  await migrateDatabase(postgres.url);
  const store = await openStore(postgres.url, log);
  shutdown.undo("close the store", () => store.close());
  say(`A separate Postgres in ${postgres.home}: ready in ${duration(performance.now() - startedAt)}.`);

  const quotes = new QuoteService();
  await quotes.start();
  shutdown.undo("close the quote service", () => quotes.close());
  say(`A quote service at ${quotes.url}, which counts its calls by idempotency key.`);

  const journal = new JournalView();
  const startNode = async () => {
    shutdown.started.throwIfAborted();
    const node = new NodeProcess(postgres.url, quotes.url);
    node.events.on("entries", ({ entries }) => journal.showEntries(entries));
    node.events.on("checkpoint", ({ seq, bytes }) => journal.showCheckpoint(seq, bytes));
    shutdown.undo("end the runtime's process", () => node.kill());
    await node.ready();
    return node;
  };
  return { store, quotes, journal, log, startNode };
}

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
