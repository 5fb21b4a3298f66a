import type { Retention } from "../../server/protocol/actors.ts";
import { formatCount } from "./format.ts";

/** Why a past begins where it does, in words: what its type keeps of it. */
export function whatIsKept(retention: Retention): string {
  if (retention === "all") return "what came before was pruned";
  if ("days" in retention) return `kept are the last ${formatCount(retention.days, "day")}`;
  return `kept are the last ${formatCount(retention.entries, "entry", "entries")}`;
}
