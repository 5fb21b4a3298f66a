import { GreenroomError } from "./errors.ts";

/** The most segments a key can have. */
const MAX_SEGMENTS = 8;
/** The most bytes (UTF-8) that a key's segments may have together. */
const MAX_BYTES = 1024;

/** A key: its segments, in the order that the actor's type names them. */
export type Key = readonly string[];

const utf8 = new TextEncoder();
const plain = /^[A-Za-z0-9_-]+$/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Checks a key against the segment names of its type.
 * @throws GreenroomError `invalid_key`
 */
export function checkKey(key: readonly unknown[], names: readonly string[]): asserts key is Key {
  if (key.length !== names.length) {
    throw invalid(`The key has ${key.length} segments; it takes ${names.length}: ${names.join(", ")}.`);
  }
  if (key.length > MAX_SEGMENTS) throw invalid(`A key has at most ${MAX_SEGMENTS} segments.`);
  let bytes = 0;
  for (const [i, segment] of key.entries()) {
    if (typeof segment !== "string") throw invalid(`Key segment ${names[i]} must be a string.`);
    if (segment === "") throw invalid(`Key segment ${names[i]} is empty.`);
    if (!segment.isWellFormed()) throw invalid(`Key segment ${names[i]} holds a lone surrogate.`);
    bytes += plain.test(segment) ? segment.length : utf8.encode(segment).length;
  }
  if (bytes > MAX_BYTES) throw invalid(`The key has ${bytes} bytes; at most ${MAX_BYTES} are allowed.`);
}

/** The text form of a key: every byte but letters, digits, `_` and `-` as `~XX`, segments joined by `:`. */
export function encodeKey(key: Key): string {
  return key.map(encodeSegment).join(":");
}

/** What `text` becomes as part of a key's text form. */
export function encodeSegment(text: string): string {
  if (plain.test(text)) return text;
  let out = "";
  for (const byte of utf8.encode(text)) {
    const char = String.fromCharCode(byte);
    out += plain.test(char) ? char : `~${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/**
 * The key whose text form is `text`. Only the form that `encodeKey` writes is accepted, so a key has one text.
 * @throws GreenroomError `invalid_key`
 */
export function decodeKey(text: string): Key {
  const key = text.split(":").map(decodeSegment);
  if (encodeKey(key) !== text) throw invalid(`"${text}" is not the text form of a key.`);
  return key;
}

function decodeSegment(text: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "~") {
      bytes.push(text.charCodeAt(i) & 0xff);
      continue;
    }
    bytes.push(Number.parseInt(text.slice(i + 1, i + 3), 16));
    i += 2;
  }
  try {
    return decoder.decode(Uint8Array.from(bytes));
  } catch (cause) {
    throw invalid(`"${text}" is not the text form of a key segment.`, { cause });
  }
}

function invalid(message: string, options?: ErrorOptions): GreenroomError {
  return new GreenroomError("invalid_key", message, undefined, options);
}
