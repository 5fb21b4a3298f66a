"use client";

import { formatAgo, formatClock, formatTime } from "../../words/format.ts";
import { useNow, useZone } from "../../words/time.tsx";

/** A time as ISO 8601, or in milliseconds since 1970. */
type Time = string | number;

/** How long ago a time was; the tooltip shows the time in the page's zone and in UTC. */
export function Ago({ at }: { at: Time }) {
  const now = useNow();
  const ms = new Date(at).getTime();
  return (
    <time dateTime={isoOf(ms)} title={useTitle(ms)} className="whitespace-nowrap">
      {formatAgo(ms, now)}
    </time>
  );
}

/** A time to the second, in the page's zone. */
export function At({ at }: { at: Time }) {
  const zone = useZone();
  const ms = new Date(at).getTime();
  return (
    <time dateTime={isoOf(ms)} title={useTitle(ms)} className="mono whitespace-nowrap">
      {formatTime(ms, zone)}
    </time>
  );
}

/** The time of day, in the page's zone. `at` is in milliseconds since 1970. */
export function Clock({ at }: { at: number }) {
  const zone = useZone();
  return (
    <time dateTime={isoOf(at)} title={useTitle(at)} className="mono whitespace-nowrap">
      {formatClock(at, zone)}
    </time>
  );
}

function useTitle(ms: number): string {
  const zone = useZone();
  const utc = `${formatTime(ms, "utc")} UTC`;
  return zone === "utc" ? utc : `${formatTime(ms, "local")} local\n${utc}`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
