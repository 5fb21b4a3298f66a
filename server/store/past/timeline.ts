import type { Pool } from "pg";
import type { EntryKind } from "../../protocol/journal.ts";
import type { Stretch, Timeline } from "../../protocol/past.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";

interface StretchRow {
  begins: number;
  head: number;
  width: number;
  seq: number;
  kind: EntryKind;
  count: number;
  at: number;
}

/**
 * See `Store.timeline`. Index: `entry`'s primary key, for each stretch its first `counted` entries; `entry_failed`; and
 * the end of `checkpoint`'s primary key.
 */
export async function timeline(
  pool: Pool,
  id: ActorId,
  { stretches, counted, marks }: { stretches: number; counted: number; marks: number },
): Promise<Timeline> {
  const [parts, checkpoints, failures] = await Promise.all([
    pool.query<StretchRow>({
      name: "timeline",
      text: `
        WITH journal AS (
          SELECT begins, head, ceil((head - begins + 1)::float8 / $2)::bigint AS width
          FROM (SELECT min(seq) AS begins, max(seq) AS head FROM entry WHERE actor_id = $1) e WHERE begins IS NOT NULL
        )
        SELECT j.begins, j.head, j.width, s.seq, e.kind, count(*)::int AS count, min(e.at) AS at
        FROM journal j CROSS JOIN LATERAL generate_series(j.begins, j.head, j.width) AS s(seq)
        CROSS JOIN LATERAL (
          SELECT kind, at FROM entry WHERE actor_id = $1 AND seq >= s.seq AND seq < s.seq + j.width
          ORDER BY seq LIMIT $3
        ) e
        GROUP BY j.begins, j.head, j.width, s.seq, e.kind ORDER BY s.seq`,
      values: [id, stretches, counted],
    }),
    seqs(pool, "SELECT seq FROM checkpoint WHERE actor_id = $1 ORDER BY seq DESC LIMIT $2", [id, marks]),
    seqs(pool, "SELECT seq FROM entry WHERE actor_id = $1 AND kind = 'attempt_failed' ORDER BY seq DESC LIMIT $2", [
      id,
      marks,
    ]),
  ]);
  const { begins, head, width } = parts.rows[0] ?? { begins: 0, head: 0, width: 1 };
  return { begins, head, width, stretches: stretchesOf(parts.rows, counted), checkpoints, failures };
}

async function seqs(pool: Pool, text: string, values: readonly number[]): Promise<number[]> {
  const { rows } = await pool.query<{ seq: number }>(text, [...values]);
  return rows.map(({ seq }) => seq);
}

/** Extrapolates the counts of stretches longer than `counted`. */
function stretchesOf(rows: readonly StretchRow[], counted: number): Stretch[] {
  const found = new Map<number, Stretch>();
  for (const { seq, kind, count, at, width, head } of rows) {
    const length = Math.min(width, head - seq + 1);
    const known = found.get(seq) ?? { seq, at, kinds: {} };
    known.kinds[kind] = Math.round(count * Math.max(1, length / counted));
    known.at = Math.min(known.at, at);
    found.set(seq, known);
  }
  return [...found.values()];
}
