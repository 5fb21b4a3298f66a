"use client";

import { debounce, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { ReactNode, TransitionStartFunction } from "react";
import type { ActorsSort, Lifecycle, TypeFacet } from "../../../server/protocol/actors.ts";
import { SearchIcon } from "../../components/controls/icons.tsx";
import { FilterSelect } from "../../components/controls/select.tsx";
import { inputClass } from "../../components/controls/styles.ts";
import { LifecycleBadge, lifecycles } from "../../components/facts/lifecycle.tsx";
import { formatNumber } from "../../words/format.ts";

const sorts: ActorsSort[] = ["-active", "active", "-created", "created", "key", "-key"];

const parsers = {
  q: parseAsString.withDefault(""),
  type: parseAsString,
  status: parseAsStringLiteral(lifecycles),
  sort: parseAsStringLiteral(sorts).withDefault("-active"),
  cursor: parseAsString,
};

/** The delay after the last keystroke before a search, in milliseconds. */
const REST_MS = 250;

/** The page before each page, by their cursors; the first page's is empty. Lost when the tab closes. */
const cameFrom = new Map<string, string>();
const MAX_REMEMBERED = 1000;

/** The list's filters and page in the address. Changing a filter goes to the first page. */
export function useListAddress(startTransition: TransitionStartFunction) {
  const [{ q, type, status, sort }, set] = useQueryStates(parsers, { shallow: false, startTransition });
  const goTo = (cursor: string | null) => void set({ cursor }, { history: "push" });
  return {
    q,
    type,
    status,
    sort,
    sortBy: (chosen: ActorsSort) => void set({ sort: chosen, cursor: null }),
    search: (text: string) =>
      void set({ q: text === "" ? null : text, cursor: null }, { limitUrlUpdates: debounce(REST_MS) }),
    filter: (filters: { type?: string | null; status?: typeof status }) => void set({ ...filters, cursor: null }),
    clear: () => void set({ q: null, type: null, status: null, cursor: null }),
    goTo,
    /** Skips a page in which a search found nothing; it is not added to the browser's history. */
    continueSearch: (cursor: string) => void set({ cursor }, { history: "replace" }),
    goToNext(current: string | undefined, next: string | null) {
      if (next === null) return;
      if (cameFrom.size >= MAX_REMEMBERED) cameFrom.clear();
      cameFrom.set(next, current ?? "");
      goTo(next);
    },
    hasPrevious: (current: string | undefined) => current !== undefined && cameFrom.has(current),
    goToPrevious: (current: string | undefined) => goTo(cameFrom.get(current ?? "") || null),
  };
}

type ListAddress = ReturnType<typeof useListAddress>;

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
