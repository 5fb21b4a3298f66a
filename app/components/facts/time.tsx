"use client";

import { formatAgo, formatClock, formatTime } from "../../words/format.ts";
import { useNow, useZone } from "../../words/time.tsx";

/** How long ago a time was; the tooltip shows the time in the page's zone and in UTC. `at` is ISO 8601. */
export function Ago({ at }: { at: string }) {
  const now = useNow();
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={useTitle(ms)} className="whitespace-nowrap">
      {formatAgo(ms, now)}
    </time>
  );
}

/** A time to the second, in the page's zone. `at` is ISO 8601. */
export function At({ at }: { at: string }) {
  const zone = useZone();
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={useTitle(ms)} className="mono whitespace-nowrap">
      {formatTime(ms, zone)}
    </time>
  );
}

/** The time of day, in the page's zone. `at` is in milliseconds since 1970. */
export function Clock({ at }: { at: number }) {
  const zone = useZone();
  return (
    <time dateTime={new Date(at).toISOString()} title={useTitle(at)} className="mono whitespace-nowrap">
      {formatClock(at, zone)}
    </time>
  );
}

function useTitle(ms: number): string {
  const zone = useZone();
  const utc = `${formatTime(ms, "utc")} UTC`;
  return zone === "utc" ? utc : `${formatTime(ms, "local")} local\n${utc}`;
}
