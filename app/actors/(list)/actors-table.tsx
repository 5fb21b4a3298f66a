import Link from "next/link";
import type { ReactNode } from "react";
import type { ActorSummary, ActorsSort } from "../../../server/protocol/actors.ts";
import { CopyButton } from "../../components/controls/copy.tsx";
import { Skeleton } from "../../components/controls/states.tsx";
import { LifecycleBadge } from "../../components/facts/lifecycle.tsx";
import { Ago } from "../../components/facts/time.tsx";
import { cutMiddle, formatNumber } from "../../words/format.ts";

const cell = "h-7 px-3 py-0 max-sm:px-2";

interface Sorting {
  sort: ActorsSort;
  onSort: (sort: ActorsSort) => void;
}

/** The rows of the list. A row links to its actor's page; a column header sorts the list. */
export function ActorsTable({ rows, ...sorting }: { rows: readonly ActorSummary[] } & Sorting) {
  return (
    <Frame sorting={sorting}>
      {rows.map((row) => (
        <tr key={`${row.type} ${row.keyText}`} className="group fade relative hover:bg-raised/60">
          <td className={cell}>
            <LifecycleBadge lifecycle={row.lifecycle} />
          </td>
          <td className={`${cell} mono text-dim max-md:hidden`}>{row.type}</td>
          <td className={`${cell} max-w-0`}>
            <span className="flex items-center gap-1">
              <Link
                data-row
                href={`/actors/${row.type}/${row.keyText}`}
                prefetch={false}
                title={row.key.join(" / ")}
                className="mono truncate after:absolute after:inset-0"
              >
                <Segments segments={row.key} />
              </Link>
              <CopyButton
                text={() => row.keyText}
                what="Key"
                className="relative z-10 max-sm:hidden hoverable:opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
              />
            </span>
          </td>
          <td className={`${cell} mono text-right max-sm:hidden`}>{formatNumber(row.head)}</td>
          <td className={`${cell} text-right text-dim`}>
            <Ago at={row.lastActiveAt} />
          </td>
          <td className={`${cell} text-right text-dim max-lg:hidden`}>
            <Ago at={row.createdAt} />
          </td>
        </tr>
      ))}
    </Frame>
  );
}

const skeletons = [
  ["w-20", ""],
  ["w-20", "max-md:hidden"],
  ["w-36", ""],
  ["w-8", "text-right max-sm:hidden"],
  ["w-16", "text-right"],
  ["w-16", "text-right max-lg:hidden"],
] as const;

/** The table while its first rows load. */
export function ActorsTableSkeleton() {
  return (
    <Frame>
      {Array.from({ length: 16 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
        <tr key={i}>
          {skeletons.map(([width, look], column) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns never move
            <td key={column} className={`${cell} ${look}`}>
              <Skeleton width={column === 2 && i % 3 === 0 ? "w-44" : width} />
            </td>
          ))}
        </tr>
      ))}
    </Frame>
  );
}

function Frame({ sorting, children }: { sorting?: Sorting; children: ReactNode }) {
  return (
    <table className="w-full border-collapse">
      <thead className="text-left text-mini text-faint">
        <tr>
          <Head name="Lifecycle" className="w-32 max-sm:w-24" />
          <Head name="Type" className="w-36 max-md:hidden" />
          <Head name="Key" by="key" sorting={sorting} />
          <Head name="Head" className="w-24 text-right max-sm:hidden" />
          <Head name="Last active" by="active" sorting={sorting} className="w-32 text-right max-sm:w-20" />
          <Head name="Created" by="created" sorting={sorting} className="w-32 text-right max-lg:hidden" />
        </tr>
      </thead>
      <tbody className="divide-y divide-line border-t border-line">{children}</tbody>
    </table>
  );
}

/** A column header. With `by` it sorts the list: newest first or by key; another click reverses the order. */
function Head({
  name,
  by,
  sorting,
  className = "",
}: {
  name: string;
  by?: "key" | "active" | "created";
  sorting?: Sorting | undefined;
  className?: string;
}) {
  const look = `${cell} font-normal ${className}`;
  if (by === undefined || sorting === undefined) {
    return (
      <th scope="col" className={look}>
        {name}
      </th>
    );
  }
  const first = by === "key" ? by : (`-${by}` as const);
  const other = by === "key" ? (`-${by}` as const) : by;
  const isSorted = sorting.sort.replace("-", "") === by;
  const isDescending = sorting.sort.startsWith("-");
  return (
    <th scope="col" aria-sort={isSorted ? (isDescending ? "descending" : "ascending") : undefined} className={look}>
      <button
        type="button"
        onClick={() => sorting.onSort(sorting.sort === first ? other : first)}
        className={`rounded hover:text-ink ${isSorted ? "text-dim" : ""}`}
      >
        {name}
        {isSorted && <span aria-hidden> {isDescending ? "↓" : "↑"}</span>}
      </button>
    </th>
  );
}

function Segments({ segments }: { segments: readonly string[] }) {
  return segments.map((segment, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a key's segments never move
    <span key={i}>
      {i > 0 && <span className="text-faint"> / </span>}
      {cutMiddle(segment, 28)}
    </span>
  ));
}
