"use client";

import type { ReactNode } from "react";
import type { Lifecycle, TypeFacet } from "../../../server/protocol/actors.ts";
import { SearchIcon } from "../../components/controls/icons.tsx";
import { FilterSelect } from "../../components/controls/select.tsx";
import { inputClass } from "../../components/controls/styles.ts";
import { LifecycleBadge, lifecycles } from "../../components/facts/lifecycle.tsx";
import { formatNumber } from "../../words/format.ts";
import type { ListAddress } from "./use-list-address.ts";

/** The number of actors with a type and a lifecycle; null stands for any. */
function countOf(facets: readonly TypeFacet[], type: string | null, status: Lifecycle | null): number {
  const chosen = facets.filter((facet) => type === null || facet.type === type);
  const counts = chosen.flatMap((facet) =>
    status === null ? Object.values(facet.counts) : (facet.counts[status] ?? 0),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function Counted({ count, more, children }: { count: number; more: boolean; children: ReactNode }) {
  return (
    <span className="flex items-center justify-between gap-4">
      {children}
      <span className="mono text-faint">
        {formatNumber(count)}
        {more && "+"}
      </span>
    </span>
  );
}

/** The search and the filters of the list, each option with the number of actors that match the other filters. */
export function Filters({
  address,
  types,
  facets,
  isLoading,
}: {
  address: ListAddress;
  types: string[];
  facets: readonly TypeFacet[];
  isLoading: boolean;
}) {
  const more = facets.some((facet) => facet.more);
  const labelled = (label: ReactNode, count: number) => (
    <Counted count={count} more={more}>
      {label}
    </Counted>
  );
  return (
    <search className="flex flex-wrap gap-2">
      <div className="relative min-w-48 flex-1 max-sm:basis-full sm:max-w-sm">
        <span className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2 text-faint">
          <SearchIcon />
        </span>
        <input
          type="search"
          aria-label="Search keys"
          placeholder="Search keys"
          value={address.q}
          onChange={(event) => address.search(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          className={`${inputClass} pl-7.5`}
        />
      </div>
      <FilterSelect
        label="Type"
        any="Any type"
        value={address.type}
        options={types.map((type) => ({ value: type, label: labelled(type, countOf(facets, type, address.status)) }))}
        onChange={(type) => address.filter({ type })}
      />
      <FilterSelect
        label="Status"
        any="Any status"
        value={address.status}
        options={lifecycles.map((status) => ({
          value: status,
          label: labelled(<LifecycleBadge lifecycle={status} />, countOf(facets, address.type, status)),
        }))}
        onChange={(status) => address.filter({ status })}
      />
      <p role="status" className="self-center text-mini text-faint">
        {isLoading ? "Loading…" : ""}
      </p>
    </search>
  );
}
