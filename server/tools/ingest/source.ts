import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { commandLine } from "../../protocol/commands.ts";
import { isBlank, type Line, LineSplitter } from "../../protocol/lines.ts";
import { UsageError } from "../command-line.ts";
import { CsvReader, type CsvRecord } from "./csv.ts";
import { type Mapped, type Mapping, reject } from "./mapping.ts";

/** The maximum length of a line in bytes: more than a command's payload may have. */
const MAX_LINE = 1024 * 1024 + 64 * 1024;
const LINE_FEED = 0x0a;

/** What must be known about a file before its first line is sent. */
export interface Survey {
  /** The first 32 hex digits of the SHA-256 of the file. Part of its lines' idempotency keys. */
  digest: string;
  bytes: number;
  lines: number;
}

/** A line of a file, or a record that starts with it: its number, its text, and its commands or why it has none. */
export interface SourceLine {
  number: number;
  text: string;
  mapped: Mapped;
}

/**
 * Reads a file once, as a stream.
 * @throws the file system's error when the file cannot be read
 */
export async function survey(file: string): Promise<Survey> {
  const hash = createHash("sha256");
  let bytes = 0;
  let lines = 0;
  let last: number | undefined = LINE_FEED;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) lines += 1;
    last = chunk.at(-1);
  }
  return { digest: hash.digest("hex").slice(0, 32), bytes, lines: last === LINE_FEED ? lines : lines + 1 };
}

/**
 * Yields the non-blank lines of a file and their commands, in file order. Reads NDJSON, or CSV if there is a mapping.
 * Holds one line in memory.
 * @param bytes how much of the file to read: its surveyed size, in case it has grown since
 * @throws UsageError when the file lacks a column of the mapping
 */
export async function* readSource(file: string, bytes: number, mapping: Mapping | null): AsyncGenerator<SourceLine> {
  const lines = readLines(file, bytes);
  if (mapping !== null) return yield* readCsv(file, lines, mapping);
  for await (const { number, bytes } of lines) {
    if (bytes === null) yield { number, text: "", mapped: reject("The line is too long.") };
    else if (!isBlank(bytes)) yield { number, text: Buffer.from(bytes).toString(), mapped: toCommand(bytes) };
  }
}

async function* readLines(file: string, bytes: number): AsyncGenerator<Line> {
  const splitter = new LineSplitter(MAX_LINE);
  const chunks = bytes === 0 ? [] : createReadStream(file, { end: bytes - 1 });
  for await (const chunk of chunks as AsyncIterable<Buffer>) yield* splitter.push(chunk);
  yield* splitter.end();
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function toCommand(bytes: Uint8Array): Mapped {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (error) {
    return reject(`The line is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = commandLine.safeParse(value);
  if (parsed.success) return [parsed.data];
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return reject(`The line is not a command: ${issues.join("; ")}`);
}

async function* readCsv(file: string, lines: AsyncIterable<Line>, { begin, columns }: Mapping) {
  const map = begin();
  let header: readonly string[] | undefined;
  for await (const record of readRecords(lines)) {
    const { line: number, text } = record;
    if (!("fields" in record)) yield { number, text, mapped: reject(record.problem) };
    else if (header !== undefined) yield { number, text, mapped: toCommands(map, header, record.fields) };
    else {
      header = record.fields;
      const missing = columns.filter((column) => !record.fields.includes(column));
      if (missing.length > 0) throw new UsageError(`${file} has no column ${missing.join(", ")}.`);
    }
  }
}

async function* readRecords(lines: AsyncIterable<Line>): AsyncGenerator<CsvRecord> {
  const reader = new CsvReader();
  for await (const line of lines) yield* reader.push(line);
  yield* reader.end();
}

function toCommands(map: ReturnType<Mapping["begin"]>, header: readonly string[], fields: readonly string[]): Mapped {
  try {
    return map(Object.fromEntries(header.map((column, i) => [column, fields[i] ?? ""])));
  } catch (error) {
    return reject(`The mapping failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
