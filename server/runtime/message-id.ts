import { createHash, randomUUID } from "node:crypto";
import type { Address } from "./ports.ts";

/** What the id of a message says: when it came to be, in milliseconds since 1970, and the mark of the actor it is for. */
export interface MessageIdParts {
  at: number;
  mark: string;
}

/**
 * An id for a message that no turn sends: a UUID (version 8) of its time (48 bits), random bits, and the mark of its
 * actor. By them it is found again although no index has it. `random` is a UUID whose bits are used.
 */
export function messageIdFor(address: Address, at: number, random: string = randomUUID()): string {
  const time = at.toString(16).padStart(12, "0");
  const mark = markOf(address);
  const [, , third = "", fourth = "", fifth = ""] = random.split("-");
  const groups = [time.slice(0, 8), time.slice(8), `8${third.slice(1)}`, fourth[0] + mark.slice(0, 3)];
  return `${groups.join("-")}-${mark.slice(3)}${fifth.slice(5)}`;
}

/** What an id says; null for one that a turn gave to what it sends, or that is older than this. */
export function readMessageId(id: string): MessageIdParts | null {
  const [first = "", second = "", third = "", fourth = "", fifth = ""] = id.toLowerCase().split("-");
  if (!third.startsWith("8")) return null;
  return { at: Number.parseInt(first + second, 16), mark: fourth.slice(1) + fifth.slice(0, 5) };
}

/** Eight hex digits that few actors share; the index `actor_mark` has the same. */
function markOf({ type, keyText }: Address): string {
  return createHash("md5").update(`${type}/${keyText}`).digest("hex").slice(0, 8);
}
