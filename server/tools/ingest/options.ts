import path from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";

/** What the command line asks for. */
export interface Options {
  /** Whether commands are put into mailboxes, rather than their replies be waited for. */
  tell: boolean;
  /** As they were written. */
  files: readonly string[];
  map: string | undefined;
  url: URL;
  /** The one rejects file of all files; when it is not named, each file has its own. */
  rejects: string | undefined;
  /** What relative paths are relative to. */
  cwd: string;
}

export const help = `Usage: npm run ingest -- FILE… [--map MODULE] [--tell] [--url URL] [--rejects FILE]

Sends the commands in files to a running server, each file in its order.

FILE             NDJSON, one {"type", "key", "command", "payload"} a line; or CSV, with --map
--map MODULE     how the records of a CSV file become commands: "online-retail", which ships, or the path of a module
                 whose default export is a mapping (see defineMapping in server/tools/ingest/mapping.ts)
--tell           put the commands into the actors' mailboxes, rather than wait for the replies: what an actor then
                 refuses is among its dead letters, and not among the rejects
--url URL        the server's address (http://127.0.0.1:3000)
--rejects FILE   where the lines that were not taken go, as NDJSON with file, line, reason and record; written anew in
                 each run. Without it, FILE.rejects.ndjson in the current directory for each file

A line's idempotency key is made of the digest of its file and its number. So a file can be ingested again, after a
failure or by mistake, and changes nothing that was done, for as long as the server keeps replies (a week). A file that
was changed or added to is another file: all of its lines are new.

Exit code: 0 when every line was sent and answered, rejects or not; 1 when it had to stop before the end; 2 when the
command line is wrong.`;

/**
 * Reads the command line.
 * @returns null when help is asked for
 * @throws UsageError
 */
export function readOptions(argv: readonly string[]): Options | null {
  const { values, positionals } = parse(argv);
  if (values.help === true) return null;
  if (positionals.length === 0) throw new UsageError("Name at least one FILE.");
  if (positionals.includes("-")) {
    throw new UsageError("Standard input cannot be ingested, since a file is read twice: write it to a file first.");
  }
  const cwd = startedIn();
  const named = values.rejects === undefined ? undefined : path.resolve(cwd, values.rejects);
  checkRejects(positionals, named, cwd);
  return { files: positionals, tell: values.tell, map: values.map, url: toUrl(values.url), rejects: named, cwd };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        map: { type: "string" },
        url: { type: "string", default: "http://127.0.0.1:3000" },
        rejects: { type: "string" },
        tell: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Where the user is: npm runs scripts in the package's directory, and tells where it was called. */
function startedIn(): string {
  const { npm_lifecycle_event: script, INIT_CWD: calledIn } = process.env;
  return script === "ingest" && calledIn !== undefined ? calledIn : process.cwd();
}

/** The rejects file that a file has when none is named. */
export function rejectsOf(file: string, cwd: string): string {
  return path.resolve(cwd, `${path.basename(file)}.rejects.ndjson`);
}

function checkRejects(files: readonly string[], named: string | undefined, cwd: string): void {
  const sources = new Set(files.map((file) => path.resolve(cwd, file)));
  if (named !== undefined && sources.has(named)) throw new UsageError("--rejects names one of the files to read.");
  const made = new Set(files.map((file) => rejectsOf(file, cwd)));
  if (named === undefined && made.size < files.length) {
    throw new UsageError("Two files have the same name: name the one file of their rejects with --rejects.");
  }
}

function toUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new UsageError(`--url "${text}" is not an address such as http://127.0.0.1:3000.`);
}
