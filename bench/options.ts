import { parseArgs } from "node:util";
import { cases } from "./cases/index.ts";
import type { Case } from "./lib/case.ts";
import { fullSize, type Size, smokeSize } from "./lib/size.ts";

/** The command line is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What the command line asks for. */
export interface Options {
  cases: readonly Case[];
  runs: number;
  size: Size;
  /** Where the figures of all runs are written. */
  json: string | undefined;
  /** Where the medians are written, as tables. */
  markdown: string | undefined;
}

const caseLines = cases.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join("\n");

export const help = `Usage: npm run bench -- [NAME…] [--runs N] [--seconds S] [--minutes M] [--json FILE] [--markdown FILE] [--smoke]

Measures a whole Greenroom on a Postgres of its own, with the settings of a server and fsync on, in a directory under
TMPDIR that is removed at the end. A case is measured in several runs, and those of all cases take turns; what is
compared is compared within a run. Printed are medians, and the least and the most of the first figure.

${caseLines}

All but time and soak are measured unless some are named; these two are measured once.

--runs N         how often each case is measured (3)
--seconds S      how long one measurement lasts, after a warm-up (3)
--minutes M      how long soak lasts (10)
--json FILE      writes the figures of every run to a file
--markdown FILE  writes the medians to a file, as tables
--smoke          everything once and tiny, in less than half a minute: to see that the benchmark works`;

/**
 * Reads the command line.
 * @returns null when help is asked for
 * @throws UsageError
 */
export function readOptions(argv: readonly string[]): Options | null {
  const { values, positionals } = parse(argv);
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

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        runs: { type: "string", default: "3" },
        seconds: { type: "string", default: "3" },
        minutes: { type: "string", default: "10" },
        smoke: { type: "boolean", default: false },
        json: { type: "string" },
        markdown: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 3_600) return value;
  throw new UsageError(`${option} "${text}" is not a number above 0 and up to 3600.`);
}
