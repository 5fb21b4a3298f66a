import type { RecordedError } from "../../protocol/journal.ts";
import { fnv1a } from "../random.ts";

/** How many stack frames identify a cause. */
const FRAMES = 3;

/** What failures with the same cause have in common: an id, and the message without ids and numbers. */
export interface Fingerprint {
  /** 16 hex digits. */
  id: string;
  title: string;
}

/**
 * The fingerprint of an error: its name, its message without ids and numbers, and the function names of its first stack
 * frames.
 */
export function fingerprint({ name, message, stack }: RecordedError): Fingerprint {
  const title = `${name}: ${general(message)}`.slice(0, 500);
  const text = [title, ...frames(stack)].join("\n");
  const id = [fnv1a(text), fnv1a(text, 0x9747b28c)].map((part) => part.toString(16).padStart(8, "0")).join("");
  return { id, title };
}

/** The message without parts that differ between actors: quoted text, ids and numbers. */
function general(message: string): string {
  return message
    .slice(0, 2_000)
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, "“…”")
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "#")
    .replace(/\b(?=[\w-]*\d)[\w-]+\b/g, "#")
    .replace(/\s+/g, " ")
    .trim();
}

/** The function names of the first stack frames. Files and lines change with every deployment. */
function frames(stack: string): string[] {
  const named = stack.split("\n").map((line) => /^\s*at (?:async )?(?:new )?([^\s(]+) \(/.exec(line)?.[1]);
  return named.filter((name) => name !== undefined).slice(0, FRAMES);
}
