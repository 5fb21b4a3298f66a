import type { Log } from "../../process/log.ts";
import type { Shutdown } from "../../process/shutdown.ts";
import type { Store } from "../../runtime/ports/store.ts";
import { migrateDatabase } from "../../store/migrate.ts";
import { openStore } from "../../store/postgres.ts";
import { startTemporaryPostgres } from "../temporary-postgres.ts";
import { NodeProcess } from "./node-process.ts";
import { QuoteService } from "./quote-service.ts";
import { ShownJournal } from "./shown-journal.ts";
import { duration, say, step } from "./terminal.ts";

/** What the demo happens on. */
export interface Stage {
  /** For looking on: the node has one of its own. */
  store: Store;
  quotes: QuoteService;
  journal: ShownJournal;
  log: Log;
  /** Starts the runtime in a new process. There must be no other. */
  startNode(): Promise<NodeProcess>;
}

/** Starts a Postgres in a temporary directory and the quote service, and says how they are taken away again. */
export async function setStage(ending: Shutdown, log: Log): Promise<Stage> {
  step(1, "The stage");
  const begunAt = performance.now();
  const postgres = await startTemporaryPostgres(ending, log, "greenroom-demo-");
  await migrateDatabase(postgres.url);
  const store = await openStore(postgres.url, log);
  ending.undo("close the store", () => store.close());
  say(`A Postgres of its own, in ${postgres.home}: ready in ${duration(performance.now() - begunAt)}.`);

  const quotes = await QuoteService.start();
  ending.undo("close the quote service", () => quotes.close());
  say(`A quote service at ${quotes.url}, which counts its calls by idempotency key.`);

  const journal = new ShownJournal();
  const startNode = async () => {
    ending.begun.throwIfAborted();
    const node = new NodeProcess({
      databaseUrl: postgres.url,
      quoteService: quotes.url,
      told: (news) => journal.show(news),
    });
    ending.undo("end the process with the runtime", () => node.kill());
    await node.ready();
    return node;
  };
  return { store, quotes, journal, log, startNode };
}
