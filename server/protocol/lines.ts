const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** One line of a byte stream: its number, from 1, and its bytes without the line feed; null if it was too long. */
export interface Line {
  number: number;
  bytes: Uint8Array | null;
}

/**
 * Splits a stream of NDJSON bytes into lines. It splits bytes, not text, so characters that span chunks stay intact. It
 * buffers at most one line, so memory is bounded even if a line never ends. A byte order mark at the start is removed.
 */
export class LineSplitter {
  readonly #max: number;
  #number = 0;
  #parts: Uint8Array[] = [];
  #length = 0;

  /** @param max maximum bytes of a line; for a longer one only the number is returned */
  constructor(max: number) {
    this.#max = max;
  }

  /** Returns the lines that end in this chunk. */
  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      this.#hold(chunk.subarray(start, end));
      lines.push(this.#cut());
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
    return lines;
  }

  /** Returns the last line if the stream did not end with a line feed. */
  end(): Line[] {
    return this.#length === 0 ? [] : [this.#cut()];
  }

  #hold(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#max) this.#parts = [];
    else this.#parts.push(part);
  }

  #cut(): Line {
    this.#number += 1;
    const bytes = this.#length > this.#max ? null : join(this.#parts, this.#length);
    this.#parts = [];
    this.#length = 0;
    return { number: this.#number, bytes: bytes !== null && this.#number === 1 ? withoutMark(bytes) : bytes };
  }
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? bytes.subarray(3) : bytes;
}

/** Whether a line contains only spaces, tabs and carriage returns. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
