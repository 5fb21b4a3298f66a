import { sha256 as sha } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { z } from "zod";
import { entry } from "../../../server/protocol/entries.ts";
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

/** Maximum nesting of a line: a state's, and what is around it. */
const MAX_DEPTH = 140;

/**
 * Checks that a line of a file is an entry. Unknown members are preserved.
 * @throws Error when it is not
 */
function checkEntry(line: unknown): Entry {
  check(entry, line);
  return line as Entry;
}

/** Parses a line by a schema. @throws Error with the first problem and its path */
function check<T>(schema: z.ZodType<T>, line: unknown): T {
  const result = schema.safeParse(line);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new Error(`${where}${issue?.message ?? "malformed"}`);
}

/**
 * Checks that a parsed line contains only plain, finite values.
 * @throws Error if it is nested too deep, or contains an infinite number or a member `__proto__`
 */
function requirePlain(given: unknown, depth = 0): void {
  if (typeof given === "number" && !Number.isFinite(given)) throw new Error("a number is too large");
  if (typeof given !== "object" || given === null) return;
  if (depth === MAX_DEPTH) throw new Error(`the nesting is deeper than ${MAX_DEPTH} levels`);
  if (Object.hasOwn(given, "__proto__")) throw new Error('a member is named "__proto__"');
  for (const member of Object.values(given)) requirePlain(member, depth + 1);
}
