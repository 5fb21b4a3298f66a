/** The text form of a key from a part of an address, in which a browser may escape `:` and `~`. */
export function keyTextOf(part: string): string {
  return part.replaceAll("%3A", ":").replaceAll("%7E", "~");
}

/** The max total size of a key's segments, in bytes of UTF-8. */
const MAX_BYTES = 1024;

/** The error of a key's segment; null if it is valid. */
export function segmentProblem(segment: string, all: readonly string[]): string | null {
  if (segment === "") return "Required.";
  if (!segment.isWellFormed()) return "Contains an invalid character (unpaired surrogate).";
  const bytes = new TextEncoder().encode(all.join("")).length;
  return bytes > MAX_BYTES ? `The key has ${bytes} bytes; max ${MAX_BYTES}.` : null;
}
