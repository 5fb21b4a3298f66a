"use client";

import { parseAsString, useQueryStates } from "nuqs";
import type { TransitionStartFunction } from "react";

const parsers = { type: parseAsString, cursor: parseAsString, job: parseAsString };

/** The list's filters and page, and the job that is shown, as the address has them. A filter leads to the first page. */
export function useLettersAddress(startTransition: TransitionStartFunction) {
  const [{ type, job }, set] = useQueryStates(parsers, { shallow: false, startTransition });
  return {
    type,
    job,
    filter: (filters: { type: string | null }) => void set({ ...filters, cursor: null }, { history: "push" }),
    clear: () => void set({ type: null, cursor: null }, { history: "push" }),
    goTo: (cursor: string | null) => void set({ cursor }, { history: "push" }),
    showJob: (id: string | null) => void set({ job: id }, { shallow: true }),
  };
}

export type LettersAddress = ReturnType<typeof useLettersAddress>;
