import { createReadStream } from "node:fs";
import { commandLine } from "../../protocol/commands.ts";
import { isBlank, type Line, LineSplitter } from "../../protocol/lines.ts";
import { CsvReader, type CsvRecord } from "./csv.ts";
import { UsageError } from "./errors.ts";
import { type CsvRow, type Mapped, type Mapping, reject } from "./mapping.ts";

/** The longest line that is read, in bytes: more than a command's payload may have. */
const MAX_LINE = 1024 * 1024 + 64 * 1024;

/** A line of a file, or a record that begins with it: its number, its text, and what becomes of it. */
export interface SourceLine {
  number: number;
  text: string;
  mapped: Mapped;
}

/**
 * The lines of a file with the commands they ask for, in order: of NDJSON, or with a mapping, of CSV. Blank lines are
 * left out. It holds one line at a time.
 * @param bytes how much of the file is read: what was surveyed, even when the file has grown since
 * @throws UsageError when the mapping needs a column that the file lacks
 */
export async function* readSource(file: string, bytes: number, mapping: Mapping | null): AsyncGenerator<SourceLine> {
  const reader = mapping === null ? new NdjsonReader() : new MappedReader(file, mapping);
  const splitter = new LineSplitter(MAX_LINE);
  const chunks = bytes === 0 ? [] : createReadStream(file, { end: bytes - 1 });
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    for (const line of splitter.push(chunk)) yield* reader.push(line);
  }
  for (const line of splitter.end()) yield* reader.push(line);
  yield* reader.end();
}

class NdjsonReader {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  push({ number, bytes }: Line): SourceLine[] {
    if (bytes === null) return [{ number, text: "", mapped: reject("The line is too long.") }];
    if (isBlank(bytes)) return [];
    return [{ number, text: Buffer.from(bytes).toString(), mapped: this.#read(bytes) }];
  }

  end(): SourceLine[] {
    return [];
  }

  #read(bytes: Uint8Array): Mapped {
    let value: unknown;
    try {
      value = JSON.parse(this.#decoder.decode(bytes));
    } catch (error) {
      return reject(`It is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    const parsed = commandLine.safeParse(value);
    if (parsed.success) return [parsed.data];
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return reject(`It is not a command: ${issues.join("; ")}`);
  }
}

class MappedReader {
  readonly #csv = new CsvReader();
  readonly #map: (row: CsvRow) => Mapped;
  readonly #needed: readonly string[];
  readonly #file: string;
  #columns: readonly string[] | undefined;

  constructor(file: string, mapping: Mapping) {
    this.#file = file;
    this.#map = mapping.begin();
    this.#needed = mapping.columns;
  }

  push(line: Line): SourceLine[] {
    return this.#csv.push(line).flatMap((record) => this.#read(record));
  }

  end(): SourceLine[] {
    return this.#csv.end().flatMap((record) => this.#read(record));
  }

  #read(record: CsvRecord): SourceLine[] {
    const { line: number, text } = record;
    if (!("fields" in record)) return [{ number, text, mapped: reject(record.problem) }];
    if (this.#columns !== undefined) return [{ number, text, mapped: this.#mapRow(this.#columns, record.fields) }];
    const missing = this.#needed.filter((column) => !record.fields.includes(column));
    if (missing.length > 0) throw new UsageError(`${this.#file} has no column ${missing.join(", ")}.`);
    this.#columns = record.fields;
    return [];
  }

  #mapRow(columns: readonly string[], fields: readonly string[]): Mapped {
    const row: CsvRow = Object.fromEntries(columns.map((column, i) => [column, fields[i] ?? ""]));
    try {
      return this.#map(row);
    } catch (error) {
      return reject(`The mapping failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
