/** The text form of a key from the part of an address: a browser may escape `:` and `~`; the form itself has no % in it. */
export function keyTextOf(part: string): string {
  return part.replaceAll("%3A", ":").replaceAll("%7E", "~");
}

/** The most bytes (UTF-8) that a key's segments may have together. */
const MAX_BYTES = 1024;

/** What is wrong with a segment of a key, before the server is asked; null when nothing is. */
export function segmentProblem(segment: string, all: readonly string[]): string | null {
  if (segment === "") return "Required.";
  if (!segment.isWellFormed()) return "Holds half of a character; type it anew.";
  const bytes = new TextEncoder().encode(all.join("")).length;
  return bytes > MAX_BYTES ? `The key has ${bytes} bytes; at most ${MAX_BYTES} are allowed.` : null;
}
