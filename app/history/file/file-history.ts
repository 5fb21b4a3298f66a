import type { Page } from "../../../server/protocol/actors.ts";
import { MAX_FILE } from "../../../server/protocol/bounds.ts";
import { fold, type Head } from "../../../server/protocol/fold.ts";
import { type HistoryHeader, MAX_FILE_LINE } from "../../../server/protocol/history-file.ts";
import type { Entry, JournalQuery } from "../../../server/protocol/journal.ts";
import { type Line, LineSplitter } from "../../../server/protocol/lines.ts";
import {
  type ChangesQuery,
  changesOf,
  type FoldProgress,
  MAX_MARKS,
  type PastWindow,
  type PathChange,
  stepsOf,
  type Timeline,
} from "../../../server/protocol/past.ts";
import { BadFile, HistoryReader } from "./history-reader.ts";
import { Marks } from "./marks.ts";

/** The max number of entries and of bytes of a window. */
const WINDOW = 1_000;
const WINDOW_BYTES = 4 * 1024 * 1024;
/** The max total size of states in memory, in characters. Others are folded again on demand. */
const MAX_STATES = 64 * 1024 * 1024;
/** The default number of entries per page. */
const PAGE = 100;

/** The progress of reading a file. */
export interface OpenProgress {
  bytes: number;
  entries: number;
}

/** The header of a file, its timeline and its size. */
export type FileInfo = { header: Omit<HistoryHeader, "base">; timeline: Timeline; bytes: number };

/**
 * A history in a file. Memory holds only offsets, and states at some of them, so a large file needs no more memory than a
 * small one.
 */
export class FileHistory {
  readonly info: FileInfo;
  readonly #file: Blob;
  readonly #marks: Marks;

  private constructor(file: Blob, info: FileInfo, marks: Marks) {
    this.#file = file;
    this.info = info;
    this.#marks = marks;
  }

  /**
   * Reads, checks and folds a whole file.
   * @throws BadFile if it is damaged, truncated or another kind of file; Error if it is too large
   */
  static async open(
    file: Blob,
    onProgress: (progress: OpenProgress) => void,
    maxStates: number = MAX_STATES,
  ): Promise<FileHistory> {
    if (file.size > MAX_FILE) {
      throw new Error(`The file has more than ${MAX_FILE / 1024 / 1024} MB, the max size. Export a range instead.`);
    }
    const indexing = new Indexing(new Marks(maxStates));
    let bytes = 0;
    for await (const { lines, size, isLast } of linesOf(file)) {
      for (const line of lines) indexing.take(line, isLast);
      bytes += size;
      onProgress({ bytes, entries: indexing.entries });
    }
    const { header, marks, timeline } = indexing.finish();
    return new FileHistory(file, { header, timeline, bytes }, marks);
  }

  /** The window that contains the entry of a seq. */
  async window(at: number, onProgress: (progress: FoldProgress) => void): Promise<PastWindow> {
    const wanted = this.#marks.before(at);
    const first = this.#marks.withState(wanted);
    const base = JSON.parse(this.#marks.all[first]?.head as string) as Head;
    const { seq: from } = base;
    for (let i = first; i < wanted; i++) {
      fold(base, await this.#entriesAfter(i));
      onProgress({ from, folded: base.seq, wanted: at });
    }
    return { base, entries: await this.#entriesAfter(wanted) };
  }

  /** The entries that changed the value at a path, newest first. */
  changes({ path, before }: ChangesQuery): Promise<Page<PathChange>> {
    const { from: begins, to } = this.info.header;
    const range = { begins, before: Math.min(before ?? to + 1, to + 1) };
    return changesOf((at) => this.window(at, () => undefined), stepsOf(path), range);
  }

  /** The last seq that was committed at or before a time. */
  async seqAt(time: number): Promise<number> {
    const mark = this.#marks.until(time);
    if (mark < 0) return this.info.header.from - 1;
    const entries = await this.#entriesAfter(mark);
    return entries.findLast(({ at }) => at <= time)?.seq ?? this.info.header.from - 1;
  }

  /** A page of the entries, like the server's. */
  async entries({ after, before, kind, limit = PAGE }: Partial<JournalQuery>): Promise<Page<Entry>> {
    const step = after === undefined ? -1 : 1;
    const isWanted = ({ seq, body }: Entry) =>
      (after === undefined ? seq < (before ?? Number.POSITIVE_INFINITY) : seq > after) &&
      (kind === undefined || body.kind === kind);
    const items: Entry[] = [];
    const start = this.#marks.before(after === undefined ? (before ?? this.info.header.to + 1) - 1 : after + 1);
    for (let i = start; i >= 0 && i < this.#marks.all.length && items.length <= limit; i += step) {
      const found = (await this.#entriesAfter(i)).filter(isWanted);
      items.push(...(step === 1 ? found : found.reverse()));
    }
    const page = items.slice(0, limit);
    return { items: page, next: items.length > limit ? String(page.at(-1)?.seq) : null };
  }

  /** The entries between a mark and the next one, checked when the file was opened. */
  async #entriesAfter(mark: number): Promise<Entry[]> {
    const { all } = this.#marks;
    const part = this.#file.slice(all[mark]?.offset, all[mark + 1]?.offset);
    const lines = new TextDecoder().decode(await part.arrayBuffer()).split("\n");
    const last = (all[mark + 1]?.seq ?? this.info.header.to) - (all[mark]?.seq ?? 0);
    return lines.slice(0, last).map((line) => JSON.parse(line) as Entry);
  }
}

/** Builds the index of a file while it is read. */
class Indexing {
  readonly #reader = new HistoryReader();
  readonly #marks: Marks;
  #header: HistoryHeader | null = null;
  #head: Head | null = null;
  #timeline: TimelineCounter | null = null;
  #offset = 0;

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  get entries(): number {
    return this.#header === null || this.#head === null ? 0 : this.#head.seq - this.#header.from + 1;
  }

  take(line: Line, isCut: boolean): void {
    const read = this.#reader.take(line, isCut);
    if (read !== "end" && "header" in read) {
      this.#header = read.header;
      this.#head = structuredClone(read.header.base);
      this.#timeline = new TimelineCounter(read.header);
    } else if (read !== "end") this.#fold(read.entry, line.number);
    this.#offset += (line.bytes?.length ?? 0) + 1;
  }

  finish(): { header: Omit<HistoryHeader, "base">; marks: Marks; timeline: Timeline } {
    this.#reader.finish();
    const { base: _, ...header } = this.#header as HistoryHeader;
    return { header, marks: this.#marks, timeline: (this.#timeline as TimelineCounter).timeline };
  }

  #fold(entry: Entry, line: number): void {
    const head = this.#head as Head;
    const last = this.#marks.all.at(-1);
    if (last === undefined || entry.seq > last.seq + WINDOW || this.#offset >= last.offset + WINDOW_BYTES) {
      this.#marks.add(head, this.#offset, entry.at);
    }
    this.#timeline?.add(entry);
    try {
      fold(head, [entry]);
    } catch (error) {
      throw new BadFile(line, `entry ${entry.seq} does not fit the entries before it: ${(error as Error).message}`);
    }
  }
}

/** The lines of a file, chunk by chunk, and the size of each chunk in bytes. The last line may be truncated. */
async function* linesOf(file: Blob): AsyncGenerator<{ lines: Line[]; size: number; isLast: boolean }> {
  const start = new Uint8Array(await file.slice(0, 3).arrayBuffer());
  if (start[0] === 0xef) throw new BadFile(1, "it starts with a byte order mark: an editor has changed the file");
  const splitter = new LineSplitter(MAX_FILE_LINE);
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    yield { lines: splitter.push(part.value), size: part.value.length, isLast: false };
  }
  yield { lines: splitter.end(), size: 0, isLast: true };
}

/** The max number of stretches of a timeline. */
const STRETCHES = 240;

/** Builds the timeline of a file, like the server's of a journal. A file has no checkpoints. */
class TimelineCounter {
  readonly #timeline: Timeline;

  constructor({ from, to }: HistoryHeader) {
    const width = Math.ceil((to - from + 1) / STRETCHES);
    this.#timeline = { begins: from, head: to, width, stretches: [], checkpoints: [], failures: [] };
  }

  add({ seq, at, body: { kind } }: Entry): void {
    const { begins, width, stretches, failures } = this.#timeline;
    if ((seq - begins) % width === 0) stretches.push({ seq, at, kinds: {} });
    const kinds = stretches.at(-1)?.kinds ?? {};
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (kind === "attempt_failed") failures.push(seq);
    if (failures.length > 2 * MAX_MARKS) failures.splice(0, MAX_MARKS);
  }

  /** The timeline so far. */
  get timeline(): Timeline {
    const { failures, ...rest } = this.#timeline;
    return { ...rest, failures: failures.toReversed().slice(0, MAX_MARKS) };
  }
}
