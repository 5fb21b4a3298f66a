import { once } from "node:events";
import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { CommandLineResult } from "../../protocol/commands.ts";
import { LineSplitter } from "../../protocol/lines.ts";
import { Interrupted } from "./ledger.ts";

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
export async function* send(
  url: URL,
  tell: boolean,
  commands: AsyncIterable<string>,
): AsyncGenerator<CommandLineResult> {
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
