import { type CommandLineResult, interruptions } from "../../protocol/commands.ts";
import type { Refusal, RejectsFile } from "./rejects.ts";
import type { SourceLine } from "./source.ts";

/** The ingest stopped before the end of the file, and no line is at fault. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The maximum number of lines awaiting answers, and of their characters. */
const MAX_LINES = 4_096;
const MAX_TEXT = 16 * 1024 * 1024;

/** The outcome of a file's lines. A line counts once, no matter how many commands it has. */
export interface Counts {
  lines: number;
  accepted: number;
  rejected: number;
  /** Accepted commands, including those `repeated` from an earlier run. */
  commands: number;
  repeated: number;
}

/** A line in flight: how many of its commands await an answer, and the first refusal. */
interface PendingLine {
  line: SourceLine;
  unanswered: number;
  refusal: Refusal | null;
}

/** Tracks the lines of one file: those in flight, in order, and the outcome of the others. */
export class Ledger {
  readonly counts: Counts = { lines: 0, accepted: 0, rejected: 0, commands: 0, repeated: 0 };
  readonly #file: string;
  readonly #rejects: RejectsFile;
  readonly #done: (line: number) => void;
  readonly #inFlight: PendingLine[] = [];
  #text = 0;
  #wake: () => void = () => undefined;
  #closed = false;

  /** @param done called for each finished line, in file order */
  constructor(file: string, rejects: RejectsFile, done: (line: number) => void) {
    this.#file = file;
    this.#rejects = rejects;
    this.#done = done;
  }

  /** The number of lines in flight. */
  get inFlight(): number {
    return this.#inFlight.length;
  }

  /** Whether another line must wait. */
  get isFull(): boolean {
    return !this.#closed && (this.#inFlight.length >= MAX_LINES || this.#text >= MAX_TEXT);
  }

  /** Resolves when another line may be opened. */
  async room(): Promise<void> {
    while (this.isFull) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Adds a line that was read. Its commands, if any, are sent next. */
  open(line: SourceLine): void {
    const refusal = "reject" in line.mapped ? { reason: line.mapped.reject } : null;
    const unanswered = "reject" in line.mapped ? 0 : line.mapped.length;
    this.#inFlight.push({ line, unanswered, refusal });
    this.#text += line.text.length;
    this.#finishLines();
  }

  /**
   * Records the answer to the oldest command in flight.
   * @throws Interrupted when the server cannot continue
   */
  answer(result: CommandLineResult): void {
    const entry = this.#inFlight[0];
    if (entry === undefined) throw new Interrupted("The server answered more commands than were sent.");
    if ("error" in result) {
      const { code, message } = result.error;
      if (interruptions.has(code)) throw new Interrupted(`The server cannot continue: ${message} (${code})`);
      entry.refusal ??= { reason: message, code };
    } else {
      this.counts.commands += 1;
      if (result.repeated) this.counts.repeated += 1;
    }
    entry.unanswered -= 1;
    this.#finishLines();
  }

  /** Ends all waiting for room. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #finishLines(): void {
    for (let entry = this.#inFlight[0]; entry?.unanswered === 0; entry = this.#inFlight[0]) {
      this.#inFlight.shift();
      this.#count(entry);
    }
    this.#wake();
  }

  #count({ line, refusal }: PendingLine): void {
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
