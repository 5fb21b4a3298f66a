import { Client } from "pg";
import type { BatchRows, EntryRow, StateRow } from "../../server/runtime/ports/commit.ts";
import type { Claim } from "../../server/runtime/ports/leases.ts";
import type { Store } from "../../server/runtime/ports/store.ts";
import { bigints, texts } from "../../server/store/arrays.ts";
import { connectionConfig, NODE } from "../../server/store/connection.ts";
import { CopyIn } from "./copy-in.ts";

/** A lane that batches are written to. */
export interface ClaimedLane {
  url: string;
  store: Store;
  claim: Claim;
  lane: number;
}

/** Writes one batch after the other to a lane: the fence, the rows, the batch's own row. */
export interface BatchWriter {
  write(rows: BatchRows): Promise<unknown>;
  close(): Promise<void>;
}

/** A way to write batches. All write the same rows. */
export interface Shape {
  name: string;
  open(to: ClaimedLane): Promise<BatchWriter>;
}

/** The server's own writer. */
const own: Shape = {
  name: "the store's own",
  async open({ store, claim, lane }) {
    const writer = store.lane(claim, lane);
    return {
      async write(rows) {
        const outcome = await writer.commit(rows);
        if (outcome.kind !== "committed") throw new Error(`The outcome of a batch was "${outcome.kind}".`);
      },
      close: () => writer.close(),
    };
  },
};

/** A way that uses its own connection. */
function onClient(name: string, write: (client: Client, to: ClaimedLane, rows: BatchRows) => Promise<unknown>): Shape {
  return {
    name,
    async open(to) {
      const client = new Client(connectionConfig(to.url));
      // The next batch reports a lost connection.
      client.on("error", () => undefined);
      await client.connect();
      return { write: (rows) => write(client, to, rows), close: () => client.end() };
    },
  };
}

/** One statement with arrays for all tables, which is its own transaction. */
const oneStatement = onClient("one statement", (client, to, rows) =>
  client.query(rows.entries.length > 0 ? allEntries(to, rows) : allStates(to, rows)),
);

/** The fence and the batch's own row, which every batch writes besides its entries or states. */
const fenced = `
  WITH fence AS (UPDATE lane SET batch = $4, last_mail_seq = $5 WHERE node = $1 AND lane = $2 AND epoch = $3 RETURNING lane),
  noted AS (
    INSERT INTO commit (lane, batch, epoch, at, turns, states, entries, replies, previous_duration_ms)
    SELECT lane, $4, $3, to_timestamp($6::float8 / 1000), $7, $8, $9, 0, $10 FROM fence)`;

const fencedValues = (
  { lane, claim }: ClaimedLane,
  { number, lastMailSeq, previousDurationMs, at, turns, states, entries }: BatchRows,
) => [NODE, lane, claim.epoch, number, lastMailSeq, at, turns, states.length, entries.length, previousDurationMs];

function allEntries(to: ClaimedLane, rows: BatchRows) {
  const { entries } = rows;
  return {
    name: "all-entries",
    text: `${fenced}
      INSERT INTO entry (actor_id, seq, kind, at, lane, batch, body)
      SELECT actor_id, seq, kind, to_timestamp($6::float8 / 1000), fence.lane, $4, body::json
      FROM fence, unnest($11::bigint[], $12::bigint[], $13::text[], $14::text[]) AS i(actor_id, seq, kind, body)`,
    values: [
      ...fencedValues(to, rows),
      bigints(entries.map((row) => row.id)),
      bigints(entries.map((row) => row.seq)),
      texts(entries.map((row) => row.kind)),
      texts(entries.map((row) => row.body)),
    ],
  };
}

const overOlder = `
  ON CONFLICT (actor_id) DO UPDATE
  SET revision = excluded.revision, state = excluded.state, version = excluded.version,
      last_change = excluded.last_change, updated_at = excluded.updated_at, lane = excluded.lane, batch = excluded.batch
  WHERE s.revision = excluded.revision - 1`;

function allStates(to: ClaimedLane, rows: BatchRows) {
  const { states } = rows;
  return {
    name: "all-states",
    text: `${fenced}
      INSERT INTO durable_state AS s (actor_id, revision, state, version, last_change, updated_at, lane, batch)
      SELECT actor_id, revision, state::json, 1, last_change::json, to_timestamp($6::float8 / 1000), fence.lane, $4
      FROM fence, unnest($11::bigint[], $12::bigint[], $13::text[], $14::text[]) AS i(actor_id, revision, state, last_change)
      ${overOlder}`,
    values: [
      ...fencedValues(to, rows),
      bigints(states.map((row) => row.id)),
      bigints(states.map((row) => row.revision)),
      texts(states.map((row) => row.state)),
      texts(states.map((row) => JSON.stringify(row.lastChange))),
    ],
  };
}

/** A whole transaction in one message of text, with entries in `COPY` and states in `VALUES`. */
const oneMessage = onClient("one message", (client, to, rows) =>
  rows.entries.length > 0
    ? copyEntries(client, to, rows)
    : client.query(`${begin(to, rows)}; ${valuesOfStates(to, rows)}; COMMIT`),
);

function copyEntries(client: Client, to: ClaimedLane, rows: BatchRows): Promise<void> {
  const statements = `${begin(to, rows)}; COPY entry (actor_id, seq, kind, at, lane, batch, body) FROM STDIN; COMMIT`;
  const at = new Date(rows.at).toISOString();
  const line = ({ id, seq, kind, body }: EntryRow) =>
    `${id}\t${seq}\t${kind}\t${at}\t${to.lane}\t${rows.number}\t${body.replaceAll("\\", "\\\\")}\n`;
  return new Promise((resolve, reject) => {
    const copy = new CopyIn(statements, Buffer.from(rows.entries.map(line).join("")), (error) =>
      error === undefined ? resolve() : reject(error),
    );
    client.query(copy);
  });
}

function valuesOfStates({ lane }: ClaimedLane, { number, at, states }: BatchRows): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const value = ({ id, revision, state, lastChange }: StateRow) =>
    `(${id},${revision},${quoted(state)},1,${quoted(JSON.stringify(lastChange))},to_timestamp(${at / 1000}),${lane},${number})`;
  return `
    INSERT INTO durable_state AS s (actor_id, revision, state, version, last_change, updated_at, lane, batch)
    VALUES ${states.map(value).join(",")} ${overOlder}`;
}

function begin(
  { lane, claim }: ClaimedLane,
  { number, lastMailSeq, previousDurationMs, at, turns, states, entries }: BatchRows,
): string {
  return `BEGIN;
    UPDATE lane SET batch = ${number}, last_mail_seq = ${lastMailSeq} WHERE node = ${NODE} AND lane = ${lane} AND epoch = ${claim.epoch};
    INSERT INTO commit (lane, batch, epoch, at, turns, states, entries, replies, previous_duration_ms)
    VALUES (${lane}, ${number}, ${claim.epoch}, to_timestamp(${at / 1000}), ${turns}, ${states.length}, ${entries.length}, 0, ${previousDurationMs})`;
}

/** All ways that `limit` tries. */
export const shapes: readonly Shape[] = [own, oneStatement, oneMessage];
