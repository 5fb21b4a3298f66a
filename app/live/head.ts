import type { Persistence } from "../../server/protocol/actors.ts";

/** What the number is called that an actor's newest commit has: versions of a state are revisions, entries have a seq. */
export function headWord(persistence: Persistence): "revision" | "seq" {
  return persistence === "journal" ? "seq" : "revision";
}
