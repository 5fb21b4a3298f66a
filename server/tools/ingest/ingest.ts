import { type Counts, Interrupted, Ledger } from "./ledger.ts";
import type { Mapping } from "./mapping.ts";
import type { RejectsFile } from "./rejects.ts";
import { readSource, type SourceLine, type Survey, survey } from "./source.ts";
import { send } from "./upload.ts";

/** The minimum size of a chunk of commands in characters. */
const CHUNK = 16 * 1024;

/** The ingest of one file. */
export interface Job {
  file: string;
  /** As the user wrote it. */
  name: string;
  /** Null for NDJSON. */
  mapping: Mapping | null;
  server: URL;
  tell: boolean;
  rejects: RejectsFile;
  /** Called with the number of lines, before the first is sent. */
  begin(lines: number): void;
  /** Called for each finished line, in file order. */
  done(line: number): void;
}

/**
 * Sends the commands of one file to a running server, in file order, and waits for all answers. A command's idempotency
 * key consists of the file's digest and the line number: ingesting the same file again changes nothing, and equal lines
 * are separate commands. Memory use does not grow with the file.
 * @throws Interrupted when the ingest stopped; finished lines stay finished, and the same call sends the rest
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
    if (ledger.inFlight > 0) throw new Interrupted("The server stopped answering before the last command.");
    return ledger.counts;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    const done = lastDone === 0 ? `No line of ${job.name} is done` : `${job.name} is done up to line ${lastDone}`;
    throw new Interrupted(`${error.message} ${done}; run the same command again to send the rest.`);
  } finally {
    ledger.close();
  }
}

/** Yields the commands of a file as NDJSON in chunks of whole lines, as soon as the ledger has room for the lines. */
async function* commands(job: Job, { digest, bytes }: Survey, ledger: Ledger): AsyncGenerator<string> {
  let chunk = "";
  for await (const line of readSource(job.file, bytes, job.mapping)) {
    if (ledger.isFull && chunk !== "") {
      yield chunk;
      chunk = "";
    }
    await ledger.room();
    ledger.open(line);
    chunk += toNdjson(line, digest);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
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
