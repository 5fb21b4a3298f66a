import type { Log } from "../../process/log.ts";
import type { Shutdown } from "../../process/shutdown.ts";
import type { Store } from "../../runtime/ports/store.ts";
import { migrateDatabase } from "../../store/migrate.ts";
import { openStore } from "../../store/postgres.ts";
import { startTemporaryPostgres } from "../temporary-postgres.ts";
import { JournalView } from "./journal-view.ts";
import { NodeProcess } from "./node-process.ts";
import { QuoteService } from "./quote-service.ts";
import { duration, say, step } from "./terminal.ts";

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
