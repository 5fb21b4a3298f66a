"use client";

import { useEffect } from "react";
import { toast } from "sonner";
import { useConnection } from "../../live/use-room.ts";
import { formatClock, formatNumber } from "../../words/format.ts";
import { useNow, useZone } from "../../words/time.tsx";
import { Ago, At } from "../facts/time.tsx";

/** How long the state mentions the changes that were caught up, in milliseconds. */
const CAUGHT_UP_MS = 10_000;

const lamps = {
  connecting: { glyph: "◔", colour: "text-blue" },
  idle: { glyph: "○", colour: "text-slate" },
  live: { glyph: "●", colour: "text-emerald" },
  refused: { glyph: "◷", colour: "text-amber" },
  lost: { glyph: "◷", colour: "text-amber" },
} as const;

/** Whether the page is live, and after an interruption, how many changes it caught up on. */
export function ConnectionState() {
  const { status, since, caughtUp } = useConnection();
  const now = useNow();
  const zone = useZone();

  useEffect(() => {
    if (caughtUp !== null) toast(caughtUp.text, { id: `caught-up-${caughtUp.at}` });
  }, [caughtUp]);

  const { glyph, colour } = lamps[status];
  const isRecent = caughtUp !== null && now - caughtUp.at < CAUGHT_UP_MS;
  return (
    <p role="status" className="flex min-h-5 items-center gap-1.5 text-mini text-dim">
      <span aria-hidden className={`w-3 text-center font-mono leading-none ${colour}`}>
        {glyph}
      </span>
      {status === "connecting" && "Connecting…"}
      {status === "idle" && "Connected"}
      {status === "live" && (isRecent ? `Live · caught up ${formatNumber(caughtUp.changes)}` : "Live")}
      {status === "refused" && <span className="text-amber">Not live since {formatClock(since, zone)}</span>}
      {status === "lost" && <span className="text-amber">Reconnecting since {formatClock(since, zone)}</span>}
    </p>
  );
}

/** Since when the page is not current, as ISO 8601; null while it is. */
export function useNotCurrentSince(): string | null {
  const { status, since } = useConnection();
  return status === "lost" || status === "refused" ? new Date(since).toISOString() : null;
}

/** Says that the page shows the state at a time, ISO 8601. */
export function NotLive({ since }: { since: string }) {
  return (
    <span className="text-amber">
      not live since <At at={since} />, <Ago at={since} />
    </span>
  );
}
