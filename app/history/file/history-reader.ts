import { sha256 as sha } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import {
  FORMAT,
  FORMAT_VERSION,
  type HistoryHeader,
  historyEnd,
  historyHeader,
  MAX_FILE_LINE,
} from "../../../server/protocol/history-file.ts";
import type { Entry } from "../../../server/protocol/journal.ts";
import type { Line } from "../../../server/protocol/lines.ts";
import { check, checkEntry, requirePlain } from "./check-entry.ts";

/** Why a file is not a valid history, with the line. */
export class BadFile extends Error {
  override readonly name = "BadFile";

  /** @param line counted from 1 */
  constructor(line: number, problem: string) {
    super(`Line ${line}: ${problem}.`);
  }
}

const LINE_FEED = Uint8Array.of(0x0a);
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads and checks the lines of a history file, one after the other. */
export class HistoryReader {
  /** Not Web Crypto, which needs all bytes at once and a secure context. */
  readonly #sum = sha.create();
  #header: HistoryHeader | null = null;
  /** The seq of the next entry. */
  #next = 0;
  #lines = 0;
  #isDone = false;

  /**
   * Takes the next line.
   * @param isCut whether the file ended within the line
   * @throws BadFile
   */
  take({ number, bytes }: Line, isCut = false): { header: HistoryHeader } | { entry: Entry } | "end" {
    this.#lines = number;
    if (this.#isDone) throw new BadFile(number, "expected the end of the file, but more lines follow");
    if (bytes === null) throw new BadFile(number, `the line has more than ${MAX_FILE_LINE / 1024 / 1024} MB`);
    const line = parse(number, bytes, isCut);
    try {
      requirePlain(line);
      if (this.#header === null) return { header: this.#begin(line, bytes) };
      if (typeof line === "object" && line !== null && "sha256" in line) return this.#end(line, this.#header);
      return { entry: this.#entry(line, bytes, this.#header) };
    } catch (error) {
      throw new BadFile(number, (error as Error).message);
    }
  }

  /** Ends the file. @throws BadFile if the last line is missing */
  finish(): void {
    if (this.#isDone) return;
    const expected = this.#header === null ? "the header of a history" : this.#expected(this.#header.to);
    throw new BadFile(this.#lines + 1, `expected ${expected}, but the file ends: it is truncated; download it again`);
  }

  #begin(line: unknown, bytes: Uint8Array): HistoryHeader {
    const { format, version } = Object(line) as { format?: unknown; version?: unknown };
    if (format !== FORMAT)
      throw new Error(`expected the header of a history ("format":"${FORMAT}"): this is another kind of file`);
    if (typeof version === "number" && version > FORMAT_VERSION) {
      throw new Error(
        `the file has format version ${version}, but this console reads ${FORMAT_VERSION}: open it with a newer console`,
      );
    }
    this.#header = check(historyHeader, line);
    this.#next = this.#header.from;
    this.#add(bytes);
    return this.#header;
  }

  #entry(line: unknown, bytes: Uint8Array, { to }: HistoryHeader): Entry {
    const { seq } = Object(line) as { seq?: unknown };
    if (seq !== this.#next || seq > to) {
      const found = typeof seq === "number" ? `entry ${seq}` : "something else";
      throw new Error(`expected ${this.#expected(to)}, found ${found}: lines are missing or out of order`);
    }
    const entry = checkEntry(line);
    this.#next += 1;
    this.#add(bytes);
    return entry;
  }

  #end(line: object, { from, to }: HistoryHeader): "end" {
    const { count, sha256 } = check(historyEnd, line);
    const [found, promised] = [this.#next - from, to - from + 1];
    if (count !== found || count !== promised) {
      throw new Error(`${found} entries precede it, but the header names ${promised} and this line counts ${count}`);
    }
    const sum = bytesToHex(this.#sum.digest());
    if (sum !== sha256)
      throw new Error(`the checksum does not match: the file was changed (${sum}, expected ${sha256})`);
    this.#isDone = true;
    return "end";
  }

  /** The expected next line. */
  #expected(to: number): string {
    return this.#next > to ? "the last line, with count and checksum" : `entry ${this.#next}`;
  }

  #add(bytes: Uint8Array): void {
    this.#sum.update(bytes);
    this.#sum.update(LINE_FEED);
  }
}

function parse(number: number, bytes: Uint8Array, isCut: boolean): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (error) {
    if (number === 1)
      throw new BadFile(1, "expected the header of a history: this is another kind of file, or truncated");
    if (isCut) throw new BadFile(number, "the file ends within the line: it is truncated; download it again");
    throw new BadFile(number, error instanceof TypeError ? "not UTF-8" : "not JSON: the file is damaged");
  }
}
