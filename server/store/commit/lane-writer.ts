import { Client } from "pg";
import type { Log } from "../../process/log.ts";
import type { BatchRows, CommitOutcome, LaneWriter } from "../../runtime/ports/commit.ts";
import { StoreUnavailable } from "../../runtime/ports/store.ts";
import { crashPoint } from "../../runtime/shared/crash-points.ts";
import { connectionConfig, isBug, isRefusal, reachable } from "../connection.ts";
import {
  begin,
  fence,
  ifAny,
  isTaken,
  type LaneOfEpoch,
  settle,
  takenBy,
  writeCommit,
  writeEntries,
  writeReplies,
  writeStates,
} from "./batch.ts";
import { writeMail } from "./batch-mail.ts";

/** A lane's connection to Postgres, opened on demand and replaced when it breaks. */
export class PostgresLaneWriter implements LaneWriter {
  readonly #url: string;
  readonly #lane: LaneOfEpoch;
  readonly #log: Log;
  #client: Client | undefined;
  #closed = false;

  constructor(url: string, lane: LaneOfEpoch, log: Log) {
    this.#url = url;
    this.#lane = lane;
    this.#log = log;
  }

  async commit(rows: BatchRows): Promise<CommitOutcome> {
    try {
      const client = await this.#connect();
      const outcome = await write(client, this.#lane, rows);
      await client.query(outcome.kind === "committed" ? "COMMIT" : "ROLLBACK");
      if (outcome.kind === "committed") crashPoint("commit: durable");
      return outcome;
    } catch (error) {
      await this.#disconnect();
      if (isBug(error)) throw error;
      if (isTaken(error)) return this.#seqConflict(rows, error);
      return { kind: isRefusal(error) ? "refused" : "lost", error: error as Error };
    }
  }

  /** The actors of a batch whose seqs are taken. */
  async #seqConflict(rows: BatchRows, error: Error): Promise<CommitOutcome> {
    try {
      const ids = await takenBy(await this.#connect(), rows.entries);
      return ids.length > 0 ? { kind: "conflict", ids } : { kind: "refused", error };
    } catch (lost) {
      await this.#disconnect();
      return { kind: "lost", error: lost as Error };
    }
  }

  async witness(number: number): Promise<"committed" | "absent" | "fenced"> {
    return reachable(async () => {
      try {
        return await settle(await this.#connect(), this.#lane, number);
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
    // Ending a broken connection fails again, which is expected.
    await client?.end().catch((error: unknown) => this.#log.debug({ err: error }, "closing a lane's connection"));
  }

  async #connect(): Promise<Client> {
    if (this.#client !== undefined) return this.#client;
    const client = new Client({ ...connectionConfig(this.#url), pipeline: true });
    client.on("error", (error) => {
      if (this.#client !== client) return;
      this.#log.warn({ reason: error.message, lane: this.#lane.lane }, "a lane's connection was lost");
      this.#client = undefined;
    });
    await client.connect();
    this.#client = client;
    // The node closed the lane while this connection was being made.
    if (this.#closed) throw new StoreUnavailable("The lane is closed.");
    return client;
  }
}

/**
 * Writes a batch inside a transaction. All statements are sent at once, the fence first, so that a commit takes two
 * round trips. The first statement that fails, in this order, decides the outcome.
 */
async function write(client: Client, lane: LaneOfEpoch, rows: BatchRows): Promise<CommitOutcome> {
  crashPoint("commit: before it is sent");
  const sent = together(client, () => [
    begin(client),
    fence(client, lane, rows),
    ...ifAny(rows.states, () => writeStates(client, lane.lane, rows)),
    ...ifAny(rows.entries, () => writeEntries(client, lane.lane, rows)),
    ...writeMail(client, rows),
    ...ifAny(rows.replies, () => writeReplies(client, rows)),
    writeCommit(client, lane, rows),
  ]);
  crashPoint("commit: sent");
  for (const one of await Promise.allSettled(sent)) {
    if (one.status === "rejected") throw one.reason;
    if (one.value !== null) return one.value;
  }
  crashPoint("commit: before COMMIT");
  return { kind: "committed" };
}

/** Sends several statements in one write to the socket. */
function together<T>({ connection: { stream } }: Client, send: () => T): T {
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
}
