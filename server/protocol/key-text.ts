const utf8 = new TextEncoder();
const plain = /^[A-Za-z0-9_-]+$/;
/** A key's text in which every byte stands for itself. */
const plainKey = /^[A-Za-z0-9_-]+(?::[A-Za-z0-9_-]+)*$/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Encodes a key: every byte except letters, digits, `_` and `-` becomes `~XX`, and `:` joins the segments. */
export function encodeKey(key: readonly string[]): string {
  return key.map(encodeSegment).join(":");
}

function encodeSegment(text: string): string {
  if (plain.test(text)) return text;
  let out = "";
  for (const byte of utf8.encode(text)) {
    const char = String.fromCharCode(byte);
    out += plain.test(char) ? char : `~${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/** The text that a search for `q` looks for in lower-case text forms. A colon in it separates segments. */
export function searchedPart(q: string): string {
  return q.split(":").map(encodeSegment).join(":").toLowerCase();
}

/**
 * Shorter parts match only at the start of a segment: elsewhere they would match too many keys, and no index finds
 * them.
 */
const MIN_ANYWHERE = 3;

/** Whether a key matches a part: anywhere in its text form, or at the start of a segment if the part is short. */
export function isFound(keyText: string, part: string): boolean {
  const text = keyText.toLowerCase();
  if (part.length >= MIN_ANYWHERE) return text.includes(part);
  return text.startsWith(part) || text.includes(`:${part}`);
}

/** The SQL LIKE patterns that match the same keys as `isFound` in lower-case text forms. */
export function patternsOf(part: string): string[] {
  const escaped = part.replaceAll(/[\\%_]/g, "\\$&");
  return part.length >= MIN_ANYWHERE ? [`%${escaped}%`] : [`${escaped}%`, `%:${escaped}%`];
}

/** Decodes a key. Returns null unless `text` is exactly what `encodeKey` writes, so a key has one text form. */
export function decodeKeyText(text: string): string[] | null {
  if (plainKey.test(text)) return text.split(":");
  try {
    const key = text.split(":").map(decodeSegment);
    return encodeKey(key) === text ? key : null;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** @throws TypeError when the bytes are not UTF-8 */
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
  return decoder.decode(Uint8Array.from(bytes));
}
