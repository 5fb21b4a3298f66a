"use client";

import { parseAsInteger, parseAsString, useQueryStates } from "nuqs";

const parsers = { at: parseAsInteger, vs: parseAsInteger, path: parseAsString };

/** A moment of an actor as the page's address has it. */
export interface Moment {
  /** The seq that is looked at; null for the newest, whatever comes. */
  at: number | null;
  /** The seq that it is compared with. */
  vs: number | null;
  /** The path whose changes are told, as a JSON pointer. */
  path: string | null;
}

/** The moment in the page's address, and a way to another one. */
export function useTimeAddress(): [Moment, (change: Partial<Moment>) => void] {
  const [moment, set] = useQueryStates(parsers, { history: "replace" });
  return [moment, (change) => void set(change)];
}
