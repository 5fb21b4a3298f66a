"use client";

import Link from "next/link";
import type { Lineage } from "../../../../../server/protocol/past.ts";
import { type ActorAddress, pathOf } from "../../../../read/read.ts";
import { useReading } from "../../../../read/use-reading.ts";
import { formatNumber } from "../../../../words/format.ts";

const NAMED = 5;

/** The original and the forks of an actor, if there are any. */
export function LineageLine({ address }: { address: ActorAddress }) {
  const { value } = useReading<Lineage>(pathOf(address, "lineage"), "", null);
  if (value === null || (value.parent === null && value.forks.length === 0)) return null;
  const { parent, forks } = value;
  const link = (keyText: string, at: number | null) => (
    <Link
      key={keyText}
      href={`/actors/${address.type}/${keyText}/time${at === null ? "" : `?at=${at}`}`}
      className="mono rounded text-indigo underline-offset-2 hover:underline"
    >
      {keyText}
    </Link>
  );
  return (
    <p className="flex flex-wrap gap-x-2 text-dim">
      {parent !== null && (
        <span>
          Forked from {link(parent.keyText, parent.seq)} at <span className="mono">{formatNumber(parent.seq)}</span>
        </span>
      )}
      {forks.length > 0 && <span>Forks:</span>}
      {forks.slice(0, NAMED).map(({ keyText, seq }) => (
        <span key={keyText}>
          {link(keyText, null)} at <span className="mono">{formatNumber(seq)}</span>
        </span>
      ))}
      {forks.length > NAMED && <span>and {formatNumber(forks.length - NAMED)} more</span>}
    </p>
  );
}
