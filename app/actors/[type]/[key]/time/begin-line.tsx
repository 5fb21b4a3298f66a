import type { Retention } from "../../../../../server/protocol/actors.ts";
import type { Timeline } from "../../../../../server/protocol/past.ts";
import { formatNumber } from "../../../../words/format.ts";
import { whatIsKept } from "../../../../words/retention.ts";

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
