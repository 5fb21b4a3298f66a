import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { toKeyText } from "../core/define/keys.ts";
import { GreenroomError } from "../core/errors.ts";
import type { Log } from "../process/log.ts";
import { type CommandLine, type CommandLineResult, commandLine, interruptions } from "../protocol/commands.ts";
import { isBlank, type Line, LineSplitter } from "../protocol/lines.ts";
import type { CommandRequest, Runtime } from "../runtime/api.ts";
import { type Answer, Answers } from "./answers.ts";
import { toRefusal } from "./errors.ts";
import { parseAs, parseJson } from "./json.ts";
import { isAsync } from "./prefer.ts";

/** The longest line, in bytes: the largest payload, and what is around it. */
const MAX_LINE = 1024 * 1024 + 64 * 1024;
/** The most lines of one request that are under way at one time, and the most bytes that they may have together. */
export const MAX_UNDER_WAY = 1_024;
const MAX_BYTES_UNDER_WAY = 8 * 1024 * 1024;

const ndjson = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/**
 * `POST /api/commands`: NDJSON in, one `CommandLine` a line; NDJSON out, one `CommandLineResult` a line, in order,
 * while the request is still being sent. With `Prefer: respond-async` the commands are told, otherwise asked. A client has to read while it writes: once the window is full and nobody reads
 * the answers, no more lines are taken. A line that is at fault is answered with its error and the rest goes on; after
 * an error that is not the line's (`interruptions`) the answer ends.
 */
export function addCommandStream(app: FastifyInstance, runtime: Runtime, log: Log): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(ndjson, (_request, _body, done) => done(null));
  app.post("/api/commands", (request, reply) => {
    const answers = Readable.from(
      answerCommands(isAsync(request.headers) ? teller(runtime) : asker(runtime), log, request.raw),
      { objectMode: false },
    );
    return reply.type("application/x-ndjson").send(answers);
  });
}

/** How the commands of a stream are sent. */
export interface Sender {
  /** Resolves when there is room for one more. */
  room(): Promise<void>;
  /** The answer as JSON text. */
  send(command: CommandRequest): Promise<string>;
}

/** Asks: each answer is the reply to its command. */
export function asker(runtime: Runtime): Sender {
  return { room: () => runtime.room(), send: (command) => runtime.askText(command) };
}

/** Tells: each answer says that the mailbox holds the command. */
function teller(runtime: Runtime): Sender {
  return { room: () => runtime.room(), send: async (command) => JSON.stringify(await runtime.tell(command)) };
}

/**
 * Answers a stream of commands, in texts of one or more whole lines. It stops reading when `MAX_UNDER_WAY` lines are
 * under way or wait to be taken.
 */
export async function* answerCommands(sender: Sender, log: Log, source: Readable): AsyncGenerator<string> {
  const answers = new Answers(MAX_UNDER_WAY, MAX_BYTES_UNDER_WAY);
  void readLines(sender, log, source, answers)
    .catch((error: unknown) => {
      if (source.destroyed) log.debug({ err: error }, "a client left in the middle of its commands");
      else log.error({ err: error }, "reading a stream of commands failed");
    })
    .finally(() => answers.end());
  try {
    for (let text = await answers.take(); text !== null; text = await answers.take()) yield text;
  } finally {
    answers.end();
  }
}

/** Takes every line; once no more are taken, what still comes is thrown away, so that the client can read to the end. */
async function readLines(sender: Sender, log: Log, source: Readable, answers: Answers): Promise<void> {
  const splitter = new LineSplitter(MAX_LINE);
  const take = async (lines: readonly Line[]) => {
    for (const line of lines) {
      if (answers.ended) return;
      if (line.bytes === null || !isBlank(line.bytes)) await takeLine(sender, log, line, answers);
    }
  };
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    if (!answers.ended) await take(splitter.push(chunk as Buffer));
  }
  await take(splitter.end());
}

async function takeLine(sender: Sender, log: Log, line: Line, answers: Answers): Promise<void> {
  const cost = line.bytes?.length ?? 0;
  await answers.room(cost);
  await sender.room();
  if (!answers.ended) answers.add(cost, answerLine(sender, log, line));
}

/** Asks at once, so that lines are asked in their order. Never rejects. */
async function answerLine(sender: Sender, log: Log, { number, bytes }: Line): Promise<Answer> {
  try {
    const { id, key, ...command } = parseLine(bytes);
    const reply = await sender.send({ ...command, keyText: toKeyText(key), idempotencyKey: id });
    return { text: `{"line":${number},${reply.slice(1)}\n`, last: false };
  } catch (cause) {
    const { error, unexpected } = toRefusal(cause);
    if (unexpected) log.error({ err: cause, line: number }, "a line of a stream of commands failed");
    const result: CommandLineResult = { line: number, error };
    return { text: `${JSON.stringify(result)}\n`, last: interruptions.has(error.code) };
  }
}

function parseLine(bytes: Uint8Array | null): CommandLine {
  if (bytes === null) throw new GreenroomError("payload_too_large", `The line is longer than ${MAX_LINE} bytes.`);
  return parseAs(commandLine, parseJson(bytes), "a command");
}
