import type { Client } from "pg";
import type { BatchRows, EntryRow, StateRow } from "../../server/runtime/ports.ts";
import { fence, type LaneOfEpoch, writeCommit, writeEntries, writeStates } from "../../server/store/batch.ts";
import { NODE } from "../../server/store/lease.ts";
import { CopyIn } from "./copy-in.ts";

/** A way to write a batch: the fence, the rows, and the batch's own row, in one transaction. */
export interface Shape {
  name: string;
  /** Whether the statements are sent without waiting for each other's answers. */
  pipelined: boolean;
  write(client: Client, place: LaneOfEpoch, rows: BatchRows): Promise<unknown>;
}

/** As `server/store` writes: one statement with arrays for each table, each after the answer of the one before. */
const arrays: Shape = {
  name: "arrays",
  pipelined: false,
  async write(client, place, rows) {
    await client.query("BEGIN");
    await fence(client, place, rows.number);
    if (rows.entries.length > 0) await writeEntries(client, place.lane, rows.number, rows.entries);
    else await writeStates(client, place.lane, rows.number, rows.states);
    await writeCommit(client, place, rows);
    await client.query("COMMIT");
  },
};

/** The same statements, sent all at once. */
const pipelined: Shape = {
  name: "arrays, pipelined",
  pipelined: true,
  write: (client, place, rows) =>
    Promise.all([
      client.query("BEGIN"),
      fence(client, place, rows.number),
      rows.entries.length > 0
        ? writeEntries(client, place.lane, rows.number, rows.entries)
        : writeStates(client, place.lane, rows.number, rows.states),
      writeCommit(client, place, rows),
      client.query("COMMIT"),
    ]),
};

/** One statement for all tables, with arrays; it is its own transaction. */
const oneStatement: Shape = {
  name: "one statement",
  pipelined: false,
  write: (client, place, rows) =>
    rows.entries.length > 0 ? oneForEntries(client, place, rows) : oneForStates(client, place, rows),
};

function oneForEntries(client: Client, place: LaneOfEpoch, rows: BatchRows): Promise<unknown> {
  const { entries } = rows;
  return client.query({
    name: "one-for-entries",
    text: `
      WITH fence AS (UPDATE lane SET batch = $4 WHERE node = $1 AND lane = $2 AND epoch = $3 RETURNING lane),
      noted AS (
        INSERT INTO commit (lane, batch, epoch, at, turns, states, entries, replies)
        SELECT lane, $4, $3, to_timestamp($5::float8 / 1000), $6, 0, $6, 0 FROM fence)
      INSERT INTO entry (actor_id, seq, kind, at, lane, batch, body)
      SELECT actor_id, seq, kind, to_timestamp($5::float8 / 1000), fence.lane, $4, body::json
      FROM fence, unnest($7::bigint[], $8::bigint[], $9::text[], $10::text[]) AS i(actor_id, seq, kind, body)`,
    values: [
      ...fenceValues(place, rows),
      entries.map((row) => row.id),
      entries.map((row) => row.seq),
      entries.map((row) => row.kind),
      entries.map((row) => row.body),
    ],
  });
}

function oneForStates(client: Client, place: LaneOfEpoch, rows: BatchRows): Promise<unknown> {
  const { states } = rows;
  return client.query({
    name: "one-for-states",
    text: `
      WITH fence AS (UPDATE lane SET batch = $4 WHERE node = $1 AND lane = $2 AND epoch = $3 RETURNING lane),
      noted AS (
        INSERT INTO commit (lane, batch, epoch, at, turns, states, entries, replies)
        SELECT lane, $4, $3, to_timestamp($5::float8 / 1000), $6, $6, 0, 0 FROM fence)
      INSERT INTO durable_state AS s (actor_id, revision, state, version, last_change, updated_at, lane, batch)
      SELECT actor_id, revision, state::json, 1, last_change::json, to_timestamp($5::float8 / 1000), fence.lane, $4
      FROM fence, unnest($7::bigint[], $8::bigint[], $9::text[], $10::text[]) AS i(actor_id, revision, state, last_change)
      ON CONFLICT (actor_id) DO UPDATE
      SET revision = excluded.revision, state = excluded.state, version = excluded.version,
          last_change = excluded.last_change, updated_at = excluded.updated_at, lane = excluded.lane,
          batch = excluded.batch
      WHERE s.revision = excluded.revision - 1`,
    values: [
      ...fenceValues(place, rows),
      states.map((row) => row.id),
      states.map((row) => row.revision),
      states.map((row) => row.state),
      states.map((row) => JSON.stringify(row.lastChange)),
    ],
  });
}

const fenceValues = ({ lane, epoch }: LaneOfEpoch, { number, at, turns }: BatchRows) => [
  NODE,
  lane,
  epoch,
  number,
  at,
  turns,
];

/** Entries copied in, states as a list of values: texts, in one message with the rest of the transaction. */
const texts: Shape = {
  name: "copy or values",
  pipelined: false,
  write: (client, place, rows) =>
    rows.entries.length > 0
      ? copyEntries(client, place, rows)
      : client.query(`${begin(place, rows)}; ${valuesOfStates(place, rows)}; COMMIT`),
};

function copyEntries(client: Client, place: LaneOfEpoch, rows: BatchRows): Promise<void> {
  const statements = `${begin(place, rows)}; COPY entry (actor_id, seq, kind, at, lane, batch, body) FROM STDIN; COMMIT`;
  const at = new Date(rows.at).toISOString();
  const line = ({ id, seq, kind, body }: EntryRow) =>
    `${id}\t${seq}\t${kind}\t${at}\t${place.lane}\t${rows.number}\t${body.replaceAll("\\", "\\\\")}\n`;
  return new Promise((resolve, reject) => {
    const copy = new CopyIn(statements, Buffer.from(rows.entries.map(line).join("")), (error) =>
      error === undefined ? resolve() : reject(error),
    );
    client.query(copy);
  });
}

function valuesOfStates({ lane }: LaneOfEpoch, { number, at, states }: BatchRows): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const value = ({ id, revision, state, lastChange }: StateRow) =>
    `(${id},${revision},${quoted(state)},1,${quoted(JSON.stringify(lastChange))},to_timestamp(${at / 1000}),${lane},${number})`;
  return `
    INSERT INTO durable_state AS s (actor_id, revision, state, version, last_change, updated_at, lane, batch)
    VALUES ${states.map(value).join(",")}
    ON CONFLICT (actor_id) DO UPDATE
    SET revision = excluded.revision, state = excluded.state, version = excluded.version,
        last_change = excluded.last_change, updated_at = excluded.updated_at, lane = excluded.lane,
        batch = excluded.batch
    WHERE s.revision = excluded.revision - 1`;
}

function begin({ lane, epoch }: LaneOfEpoch, { number, at, turns, states, entries }: BatchRows): string {
  return `BEGIN;
    UPDATE lane SET batch = ${number} WHERE node = ${NODE} AND lane = ${lane} AND epoch = ${epoch};
    INSERT INTO commit (lane, batch, epoch, at, turns, states, entries, replies)
    VALUES (${lane}, ${number}, ${epoch}, to_timestamp(${at / 1000}), ${turns}, ${states.length}, ${entries.length}, 0)`;
}

/** All that are tried. */
export const shapes: readonly Shape[] = [arrays, pipelined, oneStatement, texts];
