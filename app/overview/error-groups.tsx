"use client";

import Link from "next/link";
import type { Page } from "../../server/protocol/actors.ts";
import type { DeadLetterGroup } from "../../server/protocol/mail.ts";
import { Panel } from "../components/controls/states.tsx";
import { Ago } from "../components/facts/time.tsx";
import { useReading } from "../read/use-reading.ts";
import { formatDepth } from "../words/format.ts";

const SHOWN = 5;

/** The largest groups of dead letters, read again when the number of dead letters changes. */
export function ErrorGroups({ dead }: { dead: number }) {
  const { value, problem } = useReading<Page<DeadLetterGroup>>("/api/dead-letters/groups", String(dead), null);
  return (
    <Panel title="Top errors">
      {problem !== null && <p className="px-3 py-2 text-red">✕ Could not read the groups: {problem}</p>}
      {value === null && problem === null && <p className="px-3 py-2 text-faint">Loading…</p>}
      {value?.items.length === 0 && <p className="px-3 py-2 text-faint">No dead letters.</p>}
      <ul className="divide-y divide-line">
        {value?.items.slice(0, SHOWN).map(({ fingerprint, title, count, lastAt }) => (
          <li key={fingerprint} className="flex h-7 items-center gap-3 px-3">
            <span className="mono w-12 shrink-0 text-right text-red">{formatDepth(count)}</span>
            <Link
              href={`/dead-letters/${fingerprint}`}
              prefetch={false}
              title={title}
              className="mono min-w-0 flex-1 truncate rounded underline-offset-2 hover:underline"
            >
              {title}
            </Link>
            <span className="shrink-0 text-dim">
              <Ago at={lastAt} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
