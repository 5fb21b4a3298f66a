const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** One line of a stream of bytes: its number, from 1, and its bytes without the line feed; null when it was too long. */
export interface Line {
  number: number;
  bytes: Uint8Array | null;
}

/**
 * Cuts a stream of bytes into lines, as both ends of NDJSON do. It cuts bytes and not text, so a character that lies
 * across two chunks stays whole; and it holds at most one line, so memory is bounded even when a line never ends. A
 * byte order mark before the first line is left out.
 */
export class LineSplitter {
  readonly #longest: number;
  #number = 0;
  #parts: Uint8Array[] = [];
  #length = 0;

  /** @param longest the most bytes that a line may have; of a longer one only its number is told */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that end in this chunk. */
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

  /** The last line, when the stream did not end with a line feed. */
  end(): Line[] {
    return this.#length === 0 ? [] : [this.#cut()];
  }

  #hold(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#longest) this.#parts = [];
    else this.#parts.push(part);
  }

  #cut(): Line {
    this.#number += 1;
    const bytes = this.#length > this.#longest ? null : join(this.#parts, this.#length);
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

/** Whether a line holds nothing but spaces, tabs and carriage returns. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
