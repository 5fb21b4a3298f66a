"use client";

import { createContext, type ReactNode, use, useSyncExternalStore } from "react";
import { remembered, store } from "../read/store.ts";
import type { Zone } from "./format.ts";

const RenderedAt = createContext(0);

/** Gives the time at which the server rendered the page, so that a browser with another clock begins with the same. */
export function TimeProvider({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  return <RenderedAt value={renderedAt}>{children}</RenderedAt>;
}

const clock = store(Date.now(), (set) => {
  set(Date.now());
  const timer = setInterval(() => set(Date.now()), 1000);
  return () => clearInterval(timer);
});

const zone = remembered<Zone>("greenroom:zone", "local", "utc");

/** The time, once a second, in milliseconds since 1970. One timer serves the whole page. */
export function useNow(): number {
  const renderedAt = use(RenderedAt);
  return useSyncExternalStore(clock.subscribe, clock.get, () => renderedAt);
}

/** The zone that the whole page shows times in. */
export function useZone(): Zone {
  return useSyncExternalStore(zone.subscribe, zone.get, () => "utc" as const);
}

/** Chooses the zone, in all tabs and for the next visit. */
export const chooseZone = zone.choose;
