import { isUtf8 } from "node:buffer";
import { isBlank, type Line } from "../../protocol/lines.ts";
import { readFields } from "./csv-fields.ts";

/** How far the end of a quote is looked for, in bytes: the most that a record of several lines may have. */
const MAX_RECORD = 64 * 1024;
const QUOTE = 0x22;

/** One record of a CSV file: the number of its first line, its text, and its fields; or why it has none. */
export type CsvRecord = { line: number; text: string } & ({ fields: string[] } | { problem: string });

/** A line of a record, and whether it holds an odd number of quotes, so that it ends what it begins with. */
interface Part {
  line: number;
  bytes: Uint8Array;
  turns: boolean;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Cuts lines into the records of a CSV file (RFC 4180: commas; quotes, doubled inside quotes; quoted fields may go on
 * over several lines; line ends of either kind). Damage costs as little as it can: of a record that cannot be read, the
 * first line alone is given up and the next one begins anew, so a stray quote does not swallow what follows it. Blank
 * lines are skipped.
 */
export class CsvReader {
  /** The lines of a record that is still inside quotes. */
  #open: Part[] = [];
  #bytes = 0;
  /** How many fields each record has: as many as the first. */
  #width: number | undefined;

  /** The records that end with this line. */
  push({ number, bytes }: Line): CsvRecord[] {
    if (bytes !== null) return this.#read([{ line: number, bytes, turns: countQuotes(bytes) % 2 === 1 }]);
    return [...this.end(), { line: number, text: "", problem: "The line is too long." }];
  }

  /** The records that are left at the end of the file. */
  end(): CsvRecord[] {
    return this.#open.length === 0 ? [] : this.#giveUp("A quote is opened and never closed.");
  }

  #read(parts: readonly Part[]): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const part of parts) {
      const inQuotes = this.#open.length > 0;
      if (!inQuotes && isBlank(part.bytes)) continue;
      this.#open.push(part);
      this.#bytes += part.bytes.length;
      if (inQuotes === part.turns) records.push(...this.#close());
      else if (this.#bytes > MAX_RECORD) records.push(...this.#giveUp("A quote is opened and not closed."));
    }
    return records;
  }

  /** The quotes are closed: the lines are one record, if they can be read as one. */
  #close(): CsvRecord[] {
    if (!this.#open.every((part) => isUtf8(part.bytes))) return this.#giveUp("It is not UTF-8.");
    const text = textOf(this.#open);
    const fields = readFields(text);
    if (fields === null) return this.#giveUp("A quote stands where none may.");
    this.#width ??= fields.length;
    if (fields.length !== this.#width) {
      return this.#giveUp(`It has ${fields.length} columns, and the header ${this.#width}.`);
    }
    const line = this.#take()[0]?.line ?? 0;
    return [{ line, text, fields }];
  }

  /** Gives the first line up, and reads the others anew. */
  #giveUp(problem: string): CsvRecord[] {
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

/** The text of a record, without the carriage return that may end it. */
function textOf(parts: readonly Part[]): string {
  const text = parts.map((part) => decoder.decode(part.bytes)).join("\n");
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}
