import { parseOptions, UsageError } from "../command-line.ts";

/** The parsed command line. */
export interface Options {
  type: string;
  /** The text form of one actor's key. If undefined, a sample is replayed. */
  actor: string | undefined;
  sample: number;
  /** Replays entries committed since this time (ms since 1970). If undefined, all entries. */
  since: number | undefined;
}

const MAX_SAMPLE = 1_000_000;

export const help = `Usage: npm run replay -- --type TYPE [--sample N | --actor KEY] [--since TIME]

Replays recorded messages with the current code, using their recorded effects, times and seeds, and compares state,
reply, sends, reminders and effects. Reads a snapshot of the database, writes nothing and calls no effects.

--type TYPE      a type of actors with a journal or history, such as "counter"
--sample N       how many actors to replay, spread over all actors of the type (default 100)
--actor KEY      one actor, by its key as in URLs
--since TIME     only entries since a time, such as 2026-01-31T09:00:00Z, or within a duration, such as 24h or 7d

The database is that of DATABASE_URL, or the embedded one in DATA_DIR, whose server must not be running.

Exit code: 0 if the current code reproduces this history, 1 if it does not, 2 if the command line is wrong or the
database cannot be read.`;

/**
 * Reads the command line.
 * @param now ms since 1970
 * @returns null if it asks for help
 * @throws UsageError
 */
export function readOptions(argv: readonly string[], now: number): Options | null {
  const text = { type: "string" } as const;
  const options = {
    type: text,
    sample: text,
    actor: text,
    since: text,
    help: { type: "boolean", short: "h" },
  } as const;
  const { values } = parseOptions({ args: [...argv], options });
  if (values.help) return null;
  const { type, actor, since } = values;
  if (type === undefined) throw new UsageError("--type is required.");
  if (actor !== undefined && values.sample !== undefined) throw new UsageError("Use --actor or --sample, not both.");
  const sample = Number(values.sample ?? 100);
  if (!Number.isInteger(sample) || sample < 1 || sample > MAX_SAMPLE) {
    throw new UsageError(`--sample "${values.sample}" is not a whole number from 1 to ${MAX_SAMPLE}.`);
  }
  return { type, actor, sample, since: since === undefined ? undefined : sinceOf(since, now) };
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function sinceOf(text: string, now: number): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * units[unit as keyof typeof units];
  const at = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new UsageError(`--since "${text}" is neither a UTC time nor a duration such as 24h or 7d.`);
  return at;
}
