import { hash, randomUUID } from "node:crypto";
import type { Address } from "../ports/ids.ts";

/** The contents of a message id: its creation time (milliseconds since 1970) and the mark of its receiver. */
export interface MessageIdParts {
  at: number;
  mark: string;
}

/**
 * An id for a message that no turn sends: a version 8 UUID of its time (48 bits), random bits, and the mark of its
 * receiver. The time and the mark find the message without an index. `random` is a UUID that provides the random bits.
 */
export function messageIdFor(mark: string, at: number, random: string = randomUUID()): string {
  return `${timeGroups(at)}-8${random.slice(15, 20)}${mark.slice(0, 3)}-${mark.slice(3)}${random.slice(29)}`;
}

/** Cached, because many messages arrive within the same millisecond. */
let newest = { at: -1, groups: "" };

function timeGroups(at: number): string {
  if (newest.at === at) return newest.groups;
  const time = at.toString(16).padStart(12, "0");
  newest = { at, groups: `${time.slice(0, 8)}-${time.slice(8)}` };
  return newest.groups;
}

/** Reads an id; null for the id of a message that a turn sent. */
export function readMessageId(id: string): MessageIdParts | null {
  const [first = "", second = "", third = "", fourth = "", fifth = ""] = id.toLowerCase().split("-");
  if (!third.startsWith("8")) return null;
  return { at: Number.parseInt(first + second, 16), mark: fourth.slice(1) + fifth.slice(0, 5) };
}

/** An actor's mark: eight hex digits of a hash. The index `actor_mark` computes the same. */
export function markOf({ type, keyText }: Address): string {
  return hash("md5", `${type}/${keyText}`).slice(0, 8);
}
