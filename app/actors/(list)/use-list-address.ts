"use client";

import { debounce, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { TransitionStartFunction } from "react";
import type { ActorsSort } from "../../../server/protocol/actors.ts";
import { lifecycles } from "../../components/facts/lifecycle.tsx";

/** What the list may be sorted by, as the address says it. */
const sorts: ActorsSort[] = ["-active", "active", "-created", "created", "key", "-key"];

const parsers = {
  q: parseAsString.withDefault(""),
  type: parseAsString,
  status: parseAsStringLiteral(lifecycles),
  sort: parseAsStringLiteral(sorts).withDefault("-active"),
  cursor: parseAsString,
};

/** For how long typing must rest before the server is asked, in milliseconds. */
const REST_MS = 250;

/** From which page each page was reached, by their cursors; the first page's is the empty text. Kept while the tab is. */
const cameFrom = new Map<string, string>();
const MAX_REMEMBERED = 1000;

/** The list's filters and page as the address has them. Whatever changes a filter leads to the first page. */
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
    /** Goes to the page after one in which a search found nothing yet: nobody wants to come back to that. */
    searchOn: (cursor: string) => void set({ cursor }, { history: "replace" }),
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

export type ListAddress = ReturnType<typeof useListAddress>;
