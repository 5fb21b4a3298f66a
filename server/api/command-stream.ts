import { Readable } from "node:stream";
import { toKeyText } from "../core/define/keys.ts";
import { GreenroomError } from "../core/errors.ts";
import type { Log } from "../process/log.ts";
import { type CommandLine, type CommandLineResult, commandLine, interruptions } from "../protocol/commands.ts";
import { isBlank, type Line, LineSplitter } from "../protocol/lines.ts";
import type { CommandRequest, Runtime } from "../runtime/api.ts";
import { type Answer, Answers } from "./answers.ts";
import { toRefusal } from "./errors.ts";
import { isAsync, parseAs, parseJson, type Routes } from "./validation.ts";

/** Maximum length of a line, in bytes: the largest payload, and the rest of the line. */
const MAX_LINE = 1024 * 1024 + 64 * 1024;
/** Maximum number of lines in progress per request, and their maximum total size in bytes. */
export const MAX_UNDER_WAY = 1_024;
const MAX_BYTES_UNDER_WAY = 8 * 1024 * 1024;

const ndjson = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/**
 * `POST /api/commands`: NDJSON in, one `CommandLine` a line; NDJSON out, one `CommandLineResult` a line, in order,
 * while the request is still being sent. With `Prefer: respond-async` the commands are queued instead of awaited. A
 * client must read while it writes: when the window is full, no more lines are read. A wrong line is answered with its
 * error and the stream continues; after an error that is not the line's fault (`interruptions`) the response ends.
 */
export function addCommandStream(app: Routes, runtime: Runtime, log: Log): void {
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

/** How a stream sends its commands. */
export interface Sender {
  /** Resolves when one more command can be sent. */
  room(): Promise<void>;
  /** The answer as JSON text. */
  send(command: CommandRequest): Promise<string>;
}

/** Sends commands and awaits their replies. */
export function asker(runtime: Runtime): Sender {
  return { room: () => runtime.room(), send: (command) => runtime.askText(command) };
}

/** Puts commands into mailboxes. */
function teller(runtime: Runtime): Sender {
  return { room: () => runtime.room(), send: async (command) => JSON.stringify(await runtime.tell(command)) };
}

/**
 * Answers a stream of commands, as texts of one or more lines. Stops reading while `MAX_UNDER_WAY` lines are in
 * progress or waiting to be read by the client.
 */
export async function* answerCommands(sender: Sender, log: Log, source: Readable): AsyncGenerator<string> {
  const answers = new Answers(MAX_UNDER_WAY, MAX_BYTES_UNDER_WAY);
  void readLines(sender, log, source, answers)
    .catch((error: unknown) => {
      if (source.destroyed) log.debug({ err: error }, "a client disconnected in the middle of its commands");
      else log.error({ err: error }, "cannot read a stream of commands");
    })
    .finally(() => answers.end());
  try {
    for (let text = await answers.take(); text !== null; text = await answers.take()) yield text;
  } finally {
    answers.end();
  }
}

/** Reads every line. After the end, further lines are discarded so that the client can finish writing. */
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

/** Sends at once, so that lines are processed in order. Never rejects. */
async function answerLine(sender: Sender, log: Log, { number, bytes }: Line): Promise<Answer> {
  try {
    const { type, key, command, payload, id } = parseLine(bytes);
    const reply = await sender.send({ type, keyText: toKeyText(key), command, payload, idempotencyKey: id });
    return { text: `{"line":${number},${reply.slice(1)}\n`, last: false };
  } catch (cause) {
    const { error, unexpected } = toRefusal(cause);
    if (unexpected) log.error({ err: cause, line: number }, "a command of a stream failed unexpectedly");
    const result: CommandLineResult = { line: number, error };
    return { text: `${JSON.stringify(result)}\n`, last: interruptions.has(error.code) };
  }
}

function parseLine(bytes: Uint8Array | null): CommandLine {
  if (bytes === null) throw new GreenroomError("payload_too_large", `The line is longer than ${MAX_LINE} bytes.`);
  return parseAs(commandLine, parseJson(bytes), "The command");
}
