import type { RecordedError } from "../../protocol/journal.ts";
import { fnv1a } from "../random.ts";

/** How many frames of a stack tell one cause from another. */
const FRAMES = 3;

/** What failures with the same cause have in common: an id for it, and what it says with ids and numbers left out. */
export interface Fingerprint {
  /** 16 hex digits. */
  id: string;
  title: string;
}

/**
 * The fingerprint of an error: its type, its message without ids and numbers, the first frames of its stack without
 * places and lines.
 */
export function fingerprint({ name, message, stack }: RecordedError): Fingerprint {
  const title = `${name}: ${general(message)}`.slice(0, 500);
  const text = [title, ...frames(stack)].join("\n");
  const id = [fnv1a(text), fnv1a(text, 0x9747b28c)].map((part) => part.toString(16).padStart(8, "0")).join("");
  return { id, title };
}

/** A message with whatever differs from one actor to the next left out: quoted text, ids, numbers. */
function general(message: string): string {
  return message
    .slice(0, 2_000)
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, "“…”")
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "#")
    .replace(/\b(?=[\w-]*\d)[\w-]+\b/g, "#")
    .replace(/\s+/g, " ")
    .trim();
}

/** The names of the functions in a stack's first frames: files and lines move with every deploy. */
function frames(stack: string): string[] {
  const named = stack.split("\n").map((line) => /^\s*at (?:async )?(?:new )?([^\s(]+) \(/.exec(line)?.[1]);
  return named.filter((name) => name !== undefined).slice(0, FRAMES);
}
