import Link from "next/link";
import type { Lifecycle } from "../../server/protocol/actors.ts";
import type { Overview } from "../../server/protocol/overview.ts";
import { Panel } from "../components/controls/states.tsx";
import { LifecycleCounts, lifecycleFill, lifecycles } from "../components/facts/lifecycle.tsx";
import { formatNumber } from "../words/format.ts";

type TypeCounts = Overview["types"][number];

/** Actors by type and lifecycle. Each count links to the list of those actors. */
export function TypesTable({ overview }: { overview: Overview }) {
  return (
    <Panel title="Actors by type">
      <ul className="divide-y divide-line">
        {overview.types.map((row) => (
          <TypeRow key={row.type} row={row} />
        ))}
      </ul>
    </Panel>
  );
}

function TypeRow({ row }: { row: TypeCounts }) {
  const present = lifecycles.filter((lifecycle) => (row.counts[lifecycle] ?? 0) > 0);
  const total = present.reduce((sum, lifecycle) => sum + (row.counts[lifecycle] ?? 0), 0);
  return (
    <li className="grid items-center gap-x-6 gap-y-2 px-3 py-2.5 md:grid-cols-[200px_minmax(0,1fr)]">
      <div className="flex items-baseline justify-between gap-3">
        <Link href={`/types/${row.type}`} className="mono rounded font-medium underline-offset-2 hover:underline">
          {row.type}
        </Link>
        <span className="mono">{formatNumber(total)}</span>
      </div>
      <div className="flex min-w-0 flex-col gap-1.5">
        {total === 0 ? <p className="text-faint">No actors yet.</p> : <Bar present={present} counts={row.counts} />}
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          <LifecycleCounts type={row.type} counts={row.counts} />
        </div>
      </div>
    </li>
  );
}

function Bar({ present, counts }: { present: readonly Lifecycle[]; counts: TypeCounts["counts"] }) {
  return (
    <div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-full bg-raised">
      {present.map((lifecycle) => (
        <div
          key={lifecycle}
          className={`min-w-0.5 ${lifecycleFill(lifecycle)}`}
          style={{ flexGrow: counts[lifecycle] ?? 0, flexBasis: 0 }}
        />
      ))}
    </div>
  );
}
