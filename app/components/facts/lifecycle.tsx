import Link from "next/link";
import type { Lifecycle } from "../../../server/protocol/actors.ts";
import { formatNumber } from "../../words/format.ts";
import { Badge, type Look } from "./badge.tsx";

/** The glyph and the colours of each lifecycle. */
const looks: Record<Lifecycle, Look & { fill: string }> = {
  passivated: { glyph: "○", text: "text-slate", fill: "bg-slate" },
  activating: { glyph: "◔", text: "text-blue", fill: "bg-blue" },
  recovering: { glyph: "↻", text: "text-violet", fill: "bg-violet" },
  active: { glyph: "●", text: "text-emerald", fill: "bg-emerald" },
  processing: { glyph: "▶", text: "text-sky", fill: "bg-sky" },
  waiting: { glyph: "◷", text: "text-amber", fill: "bg-amber" },
  failed: { glyph: "✕", text: "text-red", fill: "bg-red" },
  fenced: { glyph: "⚠", text: "text-fuchsia", fill: "bg-fuchsia" },
};

/** All lifecycles, in order. */
export const lifecycles = Object.keys(looks) as Lifecycle[];

export function LifecycleBadge({ lifecycle, boxed = false }: { lifecycle: Lifecycle; boxed?: boolean }) {
  const box = boxed ? "h-6 min-w-29 justify-center rounded border border-current/40 px-2" : "";
  return (
    <Badge look={looks[lifecycle]} className={`flex w-fit ${box}`}>
      {lifecycle}
    </Badge>
  );
}

/** The class that fills with a lifecycle's colour. */
export function lifecycleFill(lifecycle: Lifecycle): string {
  return looks[lifecycle].fill;
}

/** The number of a type's actors in each lifecycle. Each count links to the list of those actors. */
export function LifecycleCounts({ type, counts }: { type: string; counts: Partial<Record<Lifecycle, number>> }) {
  return lifecycles.map((lifecycle) => {
    const count = counts[lifecycle] ?? 0;
    return (
      count > 0 && (
        <Link
          key={lifecycle}
          href={`/actors?type=${type}&status=${lifecycle}`}
          className="inline-flex items-baseline gap-1.5 rounded underline-offset-2 hover:underline"
        >
          <LifecycleBadge lifecycle={lifecycle} />
          <span className="mono">{formatNumber(count)}</span>
        </Link>
      )
    );
  });
}
