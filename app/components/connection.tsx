"use client";

import { useEffect } from "react";
import { toast } from "sonner";
import { formatClock, formatNumber } from "../lib/format.ts";
import { useNow, useZone } from "../lib/time.tsx";
import { useConnection } from "../lib/use-room.ts";

/** For how long the state says what was caught up, in milliseconds. */
const TOLD_FOR = 10_000;

/** Whether what the page shows is live; and after it was not, what it caught up. */
export function ConnectionState() {
  const { status, since, caughtUp } = useConnection();
  const now = useNow();
  const zone = useZone();

  useEffect(() => {
    if (caughtUp !== null) toast(caughtUp.text, { id: `caught-up-${caughtUp.at}` });
  }, [caughtUp]);

  const told = status === "live" && caughtUp !== null && now - caughtUp.at < TOLD_FOR;
  return (
    <p role="status" className="flex min-h-5 items-center gap-1.5 text-mini text-dim">
      <Lamp status={status} />
      {status === "connecting" && "Connecting…"}
      {status === "live" && (told ? `Live · caught up ${formatNumber(caughtUp.changes)}` : "Live")}
      {status === "lost" && <span className="text-amber">Reconnecting since {formatClock(since, zone)}</span>}
    </p>
  );
}

function Lamp({ status }: { status: "connecting" | "live" | "lost" }) {
  const looks = {
    connecting: ["◔", "text-blue"],
    live: ["●", "text-emerald"],
    lost: ["◷", "text-amber"],
  } as const;
  const [glyph, colour] = looks[status];
  return (
    <span aria-hidden className={`w-3 text-center font-mono leading-none ${colour}`}>
      {glyph}
    </span>
  );
}
