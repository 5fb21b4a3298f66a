import type { Retention } from "../../../../../server/protocol/actors.ts";
import type { Timeline } from "../../../../../server/protocol/past.ts";
import { formatCount, formatNumber } from "../../../../lib/format.ts";

/** Where a history begins and why, unless that is where the actor does. */
export function BeginLine({ timeline, retention }: { timeline: Timeline; retention: Retention }) {
  const said = beginOf(timeline, retention);
  return said === null ? null : <p className="text-dim">{said}</p>;
}

function beginOf({ begins, stretches }: Timeline, retention: Retention): string | null {
  if (begins > 1) return `History begins at seq ${formatNumber(begins)}: ${whatIsKept(retention)}.`;
  if (stretches[0]?.kinds.adopted === undefined) return null;
  return "History begins later than the actor: its type kept none before. What it was then is entry 1.";
}

function whatIsKept(retention: Retention): string {
  if (retention === "all") return "what came before was pruned";
  if ("days" in retention) return `kept are the last ${formatCount(retention.days, "day")}`;
  return `kept are the last ${formatCount(retention.entries, "entry", "entries")}`;
}
