import { type CommandLineResult, interruptions } from "../../protocol/commands.ts";
import { Interrupted } from "./errors.ts";
import type { Refusal, RejectsFile } from "./rejects.ts";
import type { SourceLine } from "./source.ts";

/** The most lines that are sent and not answered, and the most characters that they may have together. */
const MAX_LINES = 4_096;
const MAX_TEXT = 16 * 1024 * 1024;

/** What became of a file's lines. A line counts once, however many commands it asked for. */
export interface Counts {
  lines: number;
  accepted: number;
  rejected: number;
  /** Commands that ran or were found to have run before; the latter are the `repeated`. */
  commands: number;
  repeated: number;
}

/** A line under way: how many of its commands are not answered, and the first reason against it. */
interface Entry {
  line: SourceLine;
  unanswered: number;
  refusal: Refusal | null;
}

/** Keeps account of the lines of one file: those under way, in order, and what became of those that are done. */
export class Ledger {
  readonly counts: Counts = { lines: 0, accepted: 0, rejected: 0, commands: 0, repeated: 0 };
  readonly #file: string;
  readonly #rejects: RejectsFile;
  readonly #done: (line: number) => void;
  readonly #underWay: Entry[] = [];
  #text = 0;
  #wake: () => void = () => undefined;
  #closed = false;

  /** @param done told of each line that is done, in file order */
  constructor(file: string, rejects: RejectsFile, done: (line: number) => void) {
    this.#file = file;
    this.#rejects = rejects;
    this.#done = done;
  }

  /** Lines sent, or about to be, and not yet answered. */
  get underWay(): number {
    return this.#underWay.length;
  }

  /** True while no more lines may be under way. */
  get isFull(): boolean {
    return !this.#closed && (this.#underWay.length >= MAX_LINES || this.#text >= MAX_TEXT);
  }

  /** Resolves when one more line may be under way. */
  async room(): Promise<void> {
    while (this.isFull) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Takes a line that has been read; its commands, if it has any, are about to be sent. */
  open(line: SourceLine): void {
    const refusal = "reject" in line.mapped ? { reason: line.mapped.reject } : null;
    const unanswered = "reject" in line.mapped ? 0 : line.mapped.length;
    this.#underWay.push({ line, unanswered, refusal });
    this.#text += line.text.length;
    this.#settle();
  }

  /**
   * Takes the answer to the oldest command that is not answered.
   * @throws Interrupted when it says that the server cannot go on
   */
  answer(result: CommandLineResult): void {
    const entry = this.#underWay[0];
    if (entry === undefined) throw new Interrupted("The server answered more commands than were sent.");
    if ("error" in result) {
      const { code, message } = result.error;
      if (interruptions.has(code)) throw new Interrupted(`The server cannot go on: ${message} (${code})`);
      entry.refusal ??= { reason: message, code };
    } else {
      this.counts.commands += 1;
      if (result.repeated) this.counts.repeated += 1;
    }
    entry.unanswered -= 1;
    this.#settle();
  }

  /** Lets nobody wait any longer. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #settle(): void {
    for (let entry = this.#underWay[0]; entry?.unanswered === 0; entry = this.#underWay[0]) {
      this.#underWay.shift();
      this.#count(entry);
    }
    this.#wake();
  }

  #count({ line, refusal }: Entry): void {
    this.#text -= line.text.length;
    this.counts.lines += 1;
    if (refusal === null) {
      this.counts.accepted += 1;
    } else {
      this.counts.rejected += 1;
      this.#rejects.add(this.#file, line.number, refusal, line.text);
    }
    this.#done(line.number);
  }
}
