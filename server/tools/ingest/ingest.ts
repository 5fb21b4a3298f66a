import { Interrupted } from "./errors.ts";
import { type Counts, Ledger } from "./ledger.ts";
import type { Mapping } from "./mapping.ts";
import type { RejectsFile } from "./rejects.ts";
import { readSource, type SourceLine } from "./source.ts";
import { type Survey, survey } from "./survey.ts";
import { send } from "./upload.ts";

/** How many characters of commands are sent as one piece, when there are as many. */
const PIECE = 16 * 1024;

/** How one file is to be ingested. */
export interface Job {
  file: string;
  /** What the user calls it. */
  name: string;
  /** Null for NDJSON. */
  mapping: Mapping | null;
  server: URL;
  /** See `Options.tell`. */
  tell: boolean;
  rejects: RejectsFile;
  /** Told how many lines there are, before the first one is sent. */
  begin(lines: number): void;
  /** Told of each line that is done, in file order. */
  done(line: number): void;
}

/**
 * Sends the commands of one file to a running server, in file order, and waits for all answers. A command's idempotency
 * key is made of the file's digest and the line's number: the same file again changes nothing, and two lines that are
 * alike are two. Memory does not grow with the file.
 * @throws Interrupted when it had to stop; what was done stays done, and the same call again goes on from there
 */
export async function ingest(job: Job): Promise<Counts> {
  const about = await survey(job.file);
  job.begin(about.lines);
  let lastDone = 0;
  const ledger = new Ledger(job.name, job.rejects, (line) => {
    lastDone = line;
    job.done(line);
  });
  try {
    for await (const result of send(job.server, job.tell, commands(job, about, ledger))) ledger.answer(result);
    if (ledger.underWay > 0) throw new Interrupted("The server ended its answer before the last command.");
    return ledger.counts;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    const upTo = lastDone === 0 ? "Not one line" : `All up to line ${lastDone}`;
    throw new Interrupted(`${error.message} ${upTo} of ${job.name} is done; the same command again does the rest.`);
  } finally {
    ledger.close();
  }
}

/** The commands of a file as NDJSON, in pieces of whole lines, as fast as the ledger has room for their lines. */
async function* commands(job: Job, { digest, bytes }: Survey, ledger: Ledger): AsyncGenerator<string> {
  let piece = "";
  for await (const line of readSource(job.file, bytes, job.mapping)) {
    if (ledger.isFull && piece !== "") {
      yield piece;
      piece = "";
    }
    await ledger.room();
    ledger.open(line);
    piece += toNdjson(line, digest);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

function toNdjson({ number, mapped }: SourceLine, digest: string): string {
  if ("reject" in mapped) return "";
  return mapped
    .map((command, i) => {
      const id = i === 0 ? `${digest}:${number}` : `${digest}:${number}:${i}`;
      return `${JSON.stringify({ ...command, id: command.id ?? id })}\n`;
    })
    .join("");
}
