import { isUtf8 } from "node:buffer";
import { isBlank, type Line } from "../../protocol/lines.ts";

/** The maximum size of a multi-line record in bytes, and so the limit for finding a closing quote. */
const MAX_RECORD = 64 * 1024;
const QUOTE = 0x22;

/** A record of a CSV file: the number of its first line, its text, and its fields or why they cannot be read. */
export type CsvRecord = { line: number; text: string } & ({ fields: string[] } | { problem: string });

/** A line of a record. An odd number of quotes opens or closes a quoted field. */
interface Part {
  line: number;
  bytes: Uint8Array;
  hasOddQuotes: boolean;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Groups lines into the records of a CSV file (RFC 4180, with LF or CRLF). Blank lines are skipped. If a record cannot
 * be read, only its first line is reported as bad and reading restarts at the next line: a stray quote does not swallow
 * the lines after it.
 */
export class CsvReader {
  /** The lines of a record with an open quote. */
  #open: Part[] = [];
  #bytes = 0;
  /** The number of fields of the first record, which all others must have. */
  #width: number | undefined;

  /** Returns the records that this line completes. */
  push({ number, bytes }: Line): CsvRecord[] {
    if (bytes !== null) return this.#read([{ line: number, bytes, hasOddQuotes: countQuotes(bytes) % 2 === 1 }]);
    return [...this.end(), { line: number, text: "", problem: "The line is too long." }];
  }

  /** Returns the records that remain at the end of the file. */
  end(): CsvRecord[] {
    return this.#open.length === 0 ? [] : this.#reject("A quote is never closed.");
  }

  #read(parts: readonly Part[]): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const part of parts) {
      const inQuotes = this.#open.length > 0;
      if (!inQuotes && isBlank(part.bytes)) continue;
      this.#open.push(part);
      this.#bytes += part.bytes.length;
      if (inQuotes === part.hasOddQuotes) records.push(...this.#close());
      else if (this.#bytes > MAX_RECORD)
        records.push(...this.#reject(`A quote is not closed within ${MAX_RECORD / 1024} KB.`));
    }
    return records;
  }

  /** Reads the lines as one record: no quote is open. */
  #close(): CsvRecord[] {
    if (!this.#open.every((part) => isUtf8(part.bytes))) return this.#reject("The line is not UTF-8.");
    const text = textOf(this.#open);
    const fields = readFields(text);
    if (fields === null) return this.#reject("A quote is misplaced.");
    this.#width ??= fields.length;
    if (fields.length !== this.#width) {
      return this.#reject(`The line has ${fields.length} columns; the header has ${this.#width}.`);
    }
    const line = this.#take()[0]?.line ?? 0;
    return [{ line, text, fields }];
  }

  /** Rejects the first line and reads the others again. */
  #reject(problem: string): CsvRecord[] {
    const [first, ...others] = this.#take();
    if (first === undefined) return [];
    return [{ line: first.line, text: textOf([first]), problem }, ...this.#read(others)];
  }

  #take(): Part[] {
    const parts = this.#open;
    this.#open = [];
    this.#bytes = 0;
    return parts;
  }
}

function countQuotes(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(QUOTE); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) count += 1;
  return count;
}

/** The text of a record without a final carriage return. */
function textOf(parts: readonly Part[]): string {
  const text = parts.map((part) => decoder.decode(part.bytes)).join("\n");
  return text.replace(/\r$/, "");
}

/** Splits a CSV record into its fields. Returns null when a quote is misplaced. */
export function readFields(record: string): string[] | null {
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(,|$)/y;
  const fields: string[] = [];
  for (;;) {
    const match = field.exec(record);
    if (match === null) return null;
    const [, quoted, plain = "", end] = match;
    fields.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "") return fields;
  }
}
