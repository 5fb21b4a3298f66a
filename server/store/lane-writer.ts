import { Client } from "pg";
import type { Log } from "../log.ts";
import { crashPoint } from "../runtime/crash-points.ts";
import { type BatchRows, type CommitOutcome, type LaneWriter, StoreUnavailable } from "../runtime/ports.ts";
import { fence, type LaneOfEpoch, settle, writeCommit, writeEntries, writeReplies, writeStates } from "./batch.ts";
import { writeMail } from "./batch-mail.ts";
import { connectionConfig, isBug, isRefusal, reachable } from "./connection.ts";

/** A lane's way to Postgres: one connection, opened when it is needed and thrown away when it breaks. */
export class PostgresLaneWriter implements LaneWriter {
  readonly #url: string;
  readonly #place: LaneOfEpoch;
  readonly #log: Log;
  #client: Client | undefined;
  #closed = false;

  constructor(url: string, place: LaneOfEpoch, log: Log) {
    this.#url = url;
    this.#place = place;
    this.#log = log;
  }

  async commit(rows: BatchRows): Promise<CommitOutcome> {
    try {
      const client = await this.#connect();
      await client.query("BEGIN");
      crashPoint("commit: begun");
      const outcome = await write(client, this.#place, rows);
      await client.query(outcome.kind === "committed" ? "COMMIT" : "ROLLBACK");
      if (outcome.kind === "committed") crashPoint("commit: durable");
      return outcome;
    } catch (error) {
      await this.#disconnect();
      if (isBug(error)) throw error;
      return { kind: isRefusal(error) ? "refused" : "lost", error: error as Error };
    }
  }

  async witness(number: number): Promise<"committed" | "absent" | "fenced"> {
    return reachable(async () => {
      try {
        return await settle(await this.#connect(), this.#place, number);
      } catch (error) {
        await this.#disconnect();
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#disconnect();
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    // Ending a connection that is broken already says so once more; that is not news.
    await client?.end().catch((error: unknown) => this.#log.debug({ err: error }, "closing a lane's connection"));
  }

  async #connect(): Promise<Client> {
    if (this.#client !== undefined) return this.#client;
    const client = new Client(connectionConfig(this.#url));
    client.on("error", (error) => {
      if (this.#client !== client) return;
      this.#log.warn({ reason: error.message, lane: this.#place.lane }, "a lane's connection was lost");
      this.#client = undefined;
    });
    await client.connect();
    this.#client = client;
    // It was closed by a node that could not wait any longer, while this connection was being made.
    if (this.#closed) throw new StoreUnavailable("The lane is closed.");
    return client;
  }
}

/** Writes a batch inside a transaction: the fence first, then a statement per table. */
async function write(client: Client, place: LaneOfEpoch, rows: BatchRows): Promise<CommitOutcome> {
  if (!(await fence(client, place, rows))) return { kind: "fenced" };
  crashPoint("commit: the fence is held");
  if (rows.states.length > 0) {
    const ids = await writeStates(client, place.lane, rows.number, rows.states);
    if (ids.length > 0) return { kind: "conflict", ids };
    crashPoint("commit: states written");
  }
  if (rows.entries.length > 0) {
    const ids = await writeEntries(client, place.lane, rows.number, rows.entries);
    if (ids.length > 0) return { kind: "conflict", ids };
    crashPoint("commit: entries written");
  }
  const mailed = await writeMail(client, rows);
  if (mailed.kind !== "committed") return mailed;
  crashPoint("commit: mailboxes written");
  if (rows.replies.length > 0 && !(await writeReplies(client, rows.at, rows.replies))) {
    return { kind: "refused", error: new Error("another reply is kept under the same idempotency key") };
  }
  crashPoint("commit: replies written");
  await writeCommit(client, place, rows);
  crashPoint("commit: before COMMIT");
  return { kind: "committed" };
}
