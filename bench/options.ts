import { parseOptions, UsageError } from "../server/tools/command-line.ts";
import { cases } from "./cases/index.ts";
import type { Case } from "./lib/case.ts";
import { fullSize, type Size, smokeSize } from "./lib/size.ts";

/** The parsed command line. */
export interface Options {
  cases: readonly Case[];
  runs: number;
  size: Size;
  /** The file for the figures of all runs. */
  json: string | undefined;
  /** The file for the medians, as tables. */
  markdown: string | undefined;
}

const caseLines = cases.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join("\n");

export const help = `Usage: npm run bench -- [NAME…] [--runs N] [--seconds S] [--minutes M] [--json FILE] [--markdown FILE] [--smoke]

Measures a whole Greenroom on its own Postgres, with a server's settings and fsync on, in a directory under TMPDIR that
is removed at the end. Each run measures all cases once, and comparisons are made within a run. Prints medians, and the
minimum and maximum of the first figure.

${caseLines}

By default, measures all cases except time and soak, which are measured once and only if named.

--runs N         how often to measure each case (default 3)
--seconds S      how long one measurement lasts after its warm-up (default 3)
--minutes M      how long soak lasts (default 10)
--json FILE      write the figures of every run to a file
--markdown FILE  write the medians to a file, as tables
--smoke          measure everything once at a tiny size, in half a minute: a check that the benchmark works`;

/**
 * Reads the command line.
 * @returns null if it asks for help
 * @throws UsageError
 */
export function readOptions(argv: readonly string[]): Options | null {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values, positionals } = parseOptions({
    args: [...argv],
    allowPositionals: true,
    options: {
      runs: { ...text, default: "3" },
      seconds: { ...text, default: "3" },
      minutes: { ...text, default: "10" },
      smoke: flag,
      json: text,
      markdown: text,
      help: { ...flag, short: "h" },
    },
  });
  if (values.help) return null;
  const unknown = positionals.find((name) => cases.every((one) => one.name !== name));
  if (unknown !== undefined) throw new UsageError(`There is no case "${unknown}".`);
  const seconds = positive("--seconds", values.seconds);
  const minutes = Math.ceil(positive("--minutes", values.minutes));
  const all = values.smoke ? cases : cases.filter(({ byNameOnly }) => !byNameOnly);
  return {
    cases: positionals.length === 0 ? all : cases.filter(({ name }) => positionals.includes(name)),
    runs: values.smoke ? 1 : Math.ceil(positive("--runs", values.runs)),
    size: values.smoke ? smokeSize : fullSize(seconds, minutes),
    json: values.json,
    markdown: values.markdown,
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 3_600) return value;
  throw new UsageError(`${option} "${text}" is not a number greater than 0 and at most 3600.`);
}
