const utf8 = new TextEncoder();
const plain = /^[A-Za-z0-9_-]+$/;
/** A key's text in which every byte stands for itself. */
const plainKey = /^[A-Za-z0-9_-]+(?::[A-Za-z0-9_-]+)*$/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text form of a key: every byte but letters, digits, `_` and `-` as `~XX`, segments joined by `:`. */
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

/** What a search for `q` looks for in keys' text forms, both in lower case. A colon in it parts segments. */
export function searchedPart(q: string): string {
  return q.split(":").map(encodeSegment).join(":").toLowerCase();
}

/** A part that is shorter begins a segment: it would be in too many keys anywhere else, and no index finds it there. */
const LEAST_ANYWHERE = 3;

/**
 * Whether a search for a part finds a key: anywhere in its text form, or where the part has one or two characters at the
 * begin of a segment.
 */
export function isFound(keyText: string, part: string): boolean {
  const text = keyText.toLowerCase();
  if (part.length >= LEAST_ANYWHERE) return text.includes(part);
  return text.startsWith(part) || text.includes(`:${part}`);
}

/** The patterns of SQL's LIKE that find what `isFound` does in a key's text form in lower case: any of them. */
export function patternsOf(part: string): string[] {
  const escaped = part.replaceAll(/[\\%_]/g, "\\$&");
  return part.length >= LEAST_ANYWHERE ? [`%${escaped}%`] : [`${escaped}%`, `%:${escaped}%`];
}

/** The key whose text form is `text`; null unless it is the very form that `encodeKey` writes, so a key has one text. */
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
