"use client";

import { createContext, type ReactNode, use, useSyncExternalStore } from "react";
import { remembered, store } from "../read/store.ts";
import type { Zone } from "./format.ts";

const RenderedAt = createContext(0);

/** Provides the time of the server's render, so that hydration starts with the same time whatever the browser's clock. */
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
