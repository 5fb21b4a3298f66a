"use client";

import { useEffect } from "react";
import { toast } from "sonner";
import { useConnection } from "../../live/use-room.ts";
import { formatClock, formatNumber } from "../../words/format.ts";
import { useNow, useZone } from "../../words/time.tsx";
import { Ago, At } from "../facts/time.tsx";

/** For how long the state says what was caught up, in milliseconds. */
const TOLD_FOR = 10_000;

const lamps = {
  connecting: { glyph: "◔", colour: "text-blue" },
  idle: { glyph: "○", colour: "text-slate" },
  live: { glyph: "●", colour: "text-emerald" },
  refused: { glyph: "◷", colour: "text-amber" },
  lost: { glyph: "◷", colour: "text-amber" },
} as const;

/** Whether what the page shows is live; and after it was not, what it caught up. */
export function ConnectionState() {
  const { status, since, caughtUp } = useConnection();
  const now = useNow();
  const zone = useZone();

  useEffect(() => {
    if (caughtUp !== null) toast(caughtUp.text, { id: `caught-up-${caughtUp.at}` });
  }, [caughtUp]);

  const { glyph, colour } = lamps[status];
  const isTold = caughtUp !== null && now - caughtUp.at < TOLD_FOR;
  return (
    <p role="status" className="flex min-h-5 items-center gap-1.5 text-mini text-dim">
      <span aria-hidden className={`w-3 text-center font-mono leading-none ${colour}`}>
        {glyph}
      </span>
      {status === "connecting" && "Connecting…"}
      {status === "idle" && "Connected"}
      {status === "live" && (isTold ? `Live · caught up ${formatNumber(caughtUp.changes)}` : "Live")}
      {status === "refused" && <span className="text-amber">Not live since {formatClock(since, zone)}</span>}
      {status === "lost" && <span className="text-amber">Reconnecting since {formatClock(since, zone)}</span>}
    </p>
  );
}

/** Since when what the page shows is not current, as ISO 8601; null while it is. */
export function useNotCurrentSince(): string | null {
  const { status, since } = useConnection();
  return status === "lost" || status === "refused" ? new Date(since).toISOString() : null;
}

/** Says of what is shown that it is how things were at a time, ISO 8601. */
export function NotLive({ since }: { since: string }) {
  return (
    <span className="text-amber">
      not live since <At at={since} />, <Ago at={since} />
    </span>
  );
}
