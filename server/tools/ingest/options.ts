import path from "node:path";
import { parseOptions, UsageError } from "../command-line.ts";

/** The parsed command line. */
export interface Options {
  /** Whether to queue commands in mailboxes instead of waiting for their replies. */
  tell: boolean;
  /** As the user wrote them. */
  files: readonly string[];
  map: string | undefined;
  url: URL;
  /** One rejects file for all files. If undefined, each file has its own. */
  rejects: string | undefined;
  /** The directory that relative paths are relative to. */
  cwd: string;
}

export const help = `Usage: npm run ingest -- FILE… [--map MODULE] [--tell] [--url URL] [--rejects FILE]

Sends the commands in files to a running server, in file order.

FILE             NDJSON, one {"type", "key", "command", "payload"} per line; or CSV, with --map
--map MODULE     maps the records of a CSV file to commands: "online-retail", which is included, or the path of a module
                 whose default export is a mapping (see defineMapping in server/tools/ingest/mapping.ts)
--tell           queue commands in the actors' mailboxes instead of waiting for replies; commands that an actor then
                 refuses become dead letters, not rejects
--url URL        the server's address (default http://127.0.0.1:3000)
--rejects FILE   where to write rejected lines, as NDJSON with file, line, reason and record; overwritten by each run
                 (default: FILE.rejects.ndjson in the current directory, one for each file)

A line's idempotency key consists of its file's digest and its line number. A file can be ingested again, after a
failure or by mistake: completed commands do not run again while the server stores their replies (a week). Any change
to a file makes all of its lines new.

Exit code: 0 if every line was sent and answered, including rejects; 1 if the ingest stopped before the end; 2 if the
command line is wrong.`;

/**
 * Reads the command line.
 * @returns null if it asks for help
 * @throws UsageError
 */
export function readOptions(argv: readonly string[]): Options | null {
  const text = { type: "string" } as const;
  const { values, positionals } = parseOptions({
    args: [...argv],
    allowPositionals: true,
    options: {
      map: text,
      url: { ...text, default: "http://127.0.0.1:3000" },
      rejects: text,
      tell: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return null;
  if (positionals.length === 0) throw new UsageError("Name at least one FILE.");
  if (positionals.includes("-")) {
    throw new UsageError("Standard input cannot be ingested because a file is read twice. Write it to a file first.");
  }
  const cwd = startedIn();
  const rejects = values.rejects === undefined ? undefined : path.resolve(cwd, values.rejects);
  checkRejects(positionals, rejects, cwd);
  return { files: positionals, tell: values.tell, map: values.map, url: toUrl(values.url), rejects, cwd };
}

/** The user's directory. npm runs scripts in the package's directory and passes the original in INIT_CWD. */
function startedIn(): string {
  const { npm_lifecycle_event: script, INIT_CWD: calledIn } = process.env;
  return script === "ingest" && calledIn !== undefined ? calledIn : process.cwd();
}

/** The default rejects file of a file. */
export function rejectsOf(file: string, cwd: string): string {
  return path.resolve(cwd, `${path.basename(file)}.rejects.ndjson`);
}

function checkRejects(files: readonly string[], named: string | undefined, cwd: string): void {
  const sources = new Set(files.map((file) => path.resolve(cwd, file)));
  if (named !== undefined && sources.has(named)) throw new UsageError("--rejects names one of the files to read.");
  const defaults = new Set(files.map((file) => rejectsOf(file, cwd)));
  if (named === undefined && defaults.size < files.length) {
    throw new UsageError("Two files have the same name: choose one rejects file with --rejects.");
  }
}

function toUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new UsageError(`--url "${text}" is not an address such as http://127.0.0.1:3000.`);
}
