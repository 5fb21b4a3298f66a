import { once } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { CommandLineResult } from "../../protocol/commands.ts";
import { LineSplitter } from "../../protocol/lines.ts";
import { type Counts, Interrupted, Ledger } from "./ledger.ts";
import type { Mapping } from "./mapping.ts";
import type { RejectsFile } from "./rejects.ts";
import { readSource, type SourceLine, type Survey, survey } from "./source.ts";

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

import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";

/** The maximum length of the answer to one command, in bytes. */
const MAX_ANSWER = 64 * 1024 * 1024;
/** How many characters of a refusal are shown. */
const MAX_SHOWN = 1_000;

/**
 * Sends commands in one `POST /api/commands` and yields the answers as they arrive.
 * @param url the server's address
 * @param tell whether a command is answered as soon as its mailbox holds it
 * @param commands NDJSON in texts of whole lines, read no faster than the server accepts them
 * @throws Interrupted when the server is unreachable, refuses, or disconnects; and any error of `commands`
 */
async function* send(url: URL, tell: boolean, commands: AsyncIterable<string>): AsyncGenerator<CommandLineResult> {
  const request = (url.protocol === "https:" ? https : http).request(new URL("/api/commands", url), {
    method: "POST",
    headers: { "content-type": "application/x-ndjson", ...(tell ? { prefer: "respond-async" } : {}) },
    agent: false,
  });
  let broken: { cause: unknown } | undefined;
  const body = async function* () {
    try {
      yield* commands;
    } catch (cause) {
      broken = { cause };
      throw cause;
    }
  };
  // An error of the request also ends the response, which reports it. Without a listener it would end the process.
  request.on("error", () => undefined);
  pipeline(Readable.from(body(), { objectMode: false }), request).catch(() => undefined);
  try {
    yield* results(await answerTo(request));
  } catch (cause) {
    if (broken !== undefined) throw broken.cause;
    throw cause instanceof Interrupted ? cause : unreachable(url, cause);
  } finally {
    request.destroy();
  }
}

async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(request, "response")) as [IncomingMessage];
  if (response.statusCode !== 200) {
    const reason = (await text(response)).slice(0, MAX_SHOWN);
    throw new Interrupted(`The server refused the commands (status ${response.statusCode}): ${reason}`);
  }
  if (response.headers["content-type"] === "application/x-ndjson") return response;
  throw new Interrupted("The address belongs to another program, not a Greenroom server.");
}

async function* results(response: IncomingMessage): AsyncGenerator<CommandLineResult> {
  const splitter = new LineSplitter(MAX_ANSWER);
  for await (const chunk of response as AsyncIterable<Buffer>) {
    for (const { bytes } of splitter.push(chunk)) {
      if (bytes === null) throw new Interrupted(`The server sent an answer of more than ${MAX_ANSWER} bytes.`);
      yield JSON.parse(Buffer.from(bytes).toString()) as CommandLineResult;
    }
  }
}

function unreachable(url: URL, cause: unknown): Interrupted {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  if (code === "ECONNREFUSED") {
    return new Interrupted(`No server answers at ${url.origin}. Start one with npm start, or set --url.`);
  }
  return new Interrupted(`The connection to ${url.origin} was lost (${code}).`, { cause });
}
