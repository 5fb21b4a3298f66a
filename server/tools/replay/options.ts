import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface Options {
  type: string;
  /** One actor, by the text form of its key; otherwise a sample of all. */
  actor: string | undefined;
  sample: number;
  /** Entries committed since then, in milliseconds; all of them when it is not told. */
  since: number | undefined;
}

/** The command line is wrong. */
export class UsageError extends Error {}

/** The most actors of one sample. */
const MAX_SAMPLE = 1_000_000;

export const help = `Usage: npm run replay -- --type TYPE [--sample N | --actor KEY] [--since TIME]

Runs what journals recorded through the code at hand, with recorded effects, times and seeds, and compares what comes of
it: state, reply, sends, reminders, effects. It reads a snapshot of the database, writes nothing and calls no effect.

--type TYPE      the actors' type, as in "counter"; one that keeps a journal
--sample N       how many actors, spread over all of the type (100)
--actor KEY      one actor, by its key as in URLs
--since TIME     only entries since a time, as in 2026-01-31T09:00:00Z, or for so long, as in 24h or 7d

The database is that of DATABASE_URL, or the embedded one of DATA_DIR, whose server must not run.

Exit code: 0 when the code does as history says, 1 when it would have done otherwise, 2 when the command line is wrong
or the database cannot be read.`;

/**
 * Reads the command line.
 * @param now in milliseconds since 1970
 * @returns null when help is asked for
 * @throws UsageError
 */
export function readOptions(argv: readonly string[], now: number): Options | null {
  const values = parse(argv);
  if (values.help) return null;
  const { type, actor, since } = values;
  if (type === undefined) throw new UsageError("--type says which actors are replayed.");
  if (actor !== undefined && values.sample !== undefined) throw new UsageError("Say --actor or --sample, not both.");
  const sample = Number(values.sample ?? 100);
  if (!Number.isInteger(sample) || sample < 1 || sample > MAX_SAMPLE) {
    throw new UsageError(`--sample "${values.sample}" is not a whole number from 1 to ${MAX_SAMPLE}.`);
  }
  return { type, actor, sample, since: since === undefined ? undefined : sinceOf(since, now) };
}

function parse(argv: readonly string[]) {
  try {
    const text = { type: "string" } as const;
    const options = {
      ...{ type: text, sample: text, actor: text, since: text },
      help: { type: "boolean", short: "h", default: false },
    } as const;
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function sinceOf(text: string, now: number): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * units[unit as keyof typeof units];
  const at = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new UsageError(`--since "${text}" is neither a time in UTC nor as long as 24h or 7d.`);
  return at;
}
