const utf8 = new TextEncoder();
const plain = /^[A-Za-z0-9_-]+$/;
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

/** The key whose text form is `text`; null unless it is the very form that `encodeKey` writes, so a key has one text. */
export function decodeKeyText(text: string): string[] | null {
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
