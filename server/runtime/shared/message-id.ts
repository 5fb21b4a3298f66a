import { hash, randomUUID } from "node:crypto";
import type { Address } from "../ports/ids.ts";

/** What the id of a message says: when it came to be, in milliseconds since 1970, and the mark of the actor it is for. */
export interface MessageIdParts {
  at: number;
  mark: string;
}

/**
 * An id for a message that no turn sends: a UUID (version 8) of its time (48 bits), random bits, and the mark of its
 * actor. By them it is found again although no index has it. `random` is a UUID whose bits are used.
 */
export function messageIdFor(mark: string, at: number, random: string = randomUUID()): string {
  return `${timeGroups(at)}-8${random.slice(15, 20)}${mark.slice(0, 3)}-${mark.slice(3)}${random.slice(29)}`;
}

/** Many messages come within the same millisecond. */
let newest = { at: -1, groups: "" };

function timeGroups(at: number): string {
  if (newest.at === at) return newest.groups;
  const time = at.toString(16).padStart(12, "0");
  newest = { at, groups: `${time.slice(0, 8)}-${time.slice(8)}` };
  return newest.groups;
}

/** What an id says; null for one that a turn gave to what it sends, or that is older than this. */
export function readMessageId(id: string): MessageIdParts | null {
  const [first = "", second = "", third = "", fourth = "", fifth = ""] = id.toLowerCase().split("-");
  if (!third.startsWith("8")) return null;
  return { at: Number.parseInt(first + second, 16), mark: fourth.slice(1) + fifth.slice(0, 5) };
}

/** An actor's mark: eight hex digits that few share; the index `actor_mark` has the same. */
export function markOf({ type, keyText }: Address): string {
  return hash("md5", `${type}/${keyText}`).slice(0, 8);
}
