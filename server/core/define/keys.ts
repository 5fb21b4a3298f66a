import { decodeKeyText, encodeKey } from "../../protocol/key-text.ts";
import { GreenroomError } from "../errors.ts";

export { encodeKey } from "../../protocol/key-text.ts";

/** Maximum number of segments of a key. */
const MAX_SEGMENTS = 8;
/** Maximum size of all segments of a key, in bytes of UTF-8. */
const MAX_BYTES = 1024;

/** The segments of a key, in the order that the actor's type defines. */
export type Key = readonly string[];

/**
 * Checks a key against the segment names of its type.
 * @throws GreenroomError `invalid_key`
 */
export function checkKey(key: readonly unknown[], names: readonly string[]): asserts key is Key {
  if (key.length !== names.length) {
    throw invalid(`The key has ${key.length} segments; it must have ${names.length}: ${names.join(", ")}.`);
  }
  if (key.length > MAX_SEGMENTS) throw invalid(`A key has at most ${MAX_SEGMENTS} segments.`);
  let bytes = 0;
  for (const [i, segment] of key.entries()) {
    if (typeof segment !== "string") throw invalid(`Key segment ${names[i]} must be a string.`);
    if (segment === "") throw invalid(`Key segment ${names[i]} is empty.`);
    if (!segment.isWellFormed()) throw invalid(`Key segment ${names[i]} contains an unpaired surrogate.`);
    bytes += Buffer.byteLength(segment);
  }
  if (bytes > MAX_BYTES) throw invalid(`The key has ${bytes} bytes; the maximum is ${MAX_BYTES}.`);
}

/**
 * Encodes a key in its text form. The number of segments and their size are checked with the key's type.
 * @throws GreenroomError `invalid_key` when a segment is not text
 */
export function toKeyText(key: readonly unknown[]): string {
  const isText = (segment: unknown): segment is string => typeof segment === "string" && segment.isWellFormed();
  if (key.length > 0 && key.every(isText)) return encodeKey(key);
  throw invalid("A key is a list of strings without unpaired surrogates.");
}

/**
 * Decodes the text form of a key. Only the exact output of `encodeKey` is accepted, so a key has one text form.
 * @throws GreenroomError `invalid_key`
 */
export function decodeKey(text: string): Key {
  const key = decodeKeyText(text);
  if (key === null) throw invalid(`"${text}" is not the text form of a key.`);
  return key;
}

function invalid(message: string): GreenroomError {
  return new GreenroomError("invalid_key", message);
}
