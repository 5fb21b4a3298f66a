"use client";

import { debounce, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { TransitionStartFunction } from "react";
import type { ActorsSort } from "../../../server/protocol/actors.ts";
import { lifecycles } from "../../components/facts/lifecycle.tsx";

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

export type ListAddress = ReturnType<typeof useListAddress>;
