"use client";

import { parseAsInteger, parseAsString, useQueryStates } from "nuqs";

const parsers = { at: parseAsInteger, vs: parseAsInteger, path: parseAsString };

/** The moment in the page's address. */
export interface Moment {
  /** The seq in view; null follows the newest. */
  at: number | null;
  /** The seq to compare with. */
  vs: number | null;
  /** The path whose changes are listed, as a JSON pointer. */
  path: string | null;
}

export function useTimeAddress(): [Moment, (change: Partial<Moment>) => void] {
  const [moment, set] = useQueryStates(parsers, { history: "replace" });
  return [moment, (change) => void set(change)];
}
