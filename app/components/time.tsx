"use client";

import { formatAgo, formatTime } from "../lib/format.ts";
import { useNow, useZone } from "../lib/time.tsx";

/** A point in time: how long ago, and on hover when, in the page's zone and in UTC. `at` is ISO 8601. */
export function Ago({ at }: { at: string }) {
  const now = useNow();
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={useTitle(ms)} className="whitespace-nowrap">
      {formatAgo(ms, now)}
    </time>
  );
}

/** A point in time to the second, in the page's zone. `at` is ISO 8601. */
export function At({ at }: { at: string }) {
  const zone = useZone();
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={useTitle(ms)} className="mono whitespace-nowrap">
      {formatTime(ms, zone)}
    </time>
  );
}

function useTitle(ms: number): string {
  const zone = useZone();
  const utc = `${formatTime(ms, "utc")} UTC`;
  return zone === "utc" ? utc : `${formatTime(ms, "local")} local\n${utc}`;
}
