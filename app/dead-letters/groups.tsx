"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import type { Result } from "../../server/protocol/errors.ts";
import type { DeadLetterGroup, RedriveInfo } from "../../server/protocol/mail.ts";
import { NotRead } from "../components/controls/not-read.tsx";
import { Empty } from "../components/controls/states.tsx";
import { buttonClass } from "../components/controls/styles.ts";
import { Ago } from "../components/facts/time.tsx";
import { NotLive, useNotCurrentSince } from "../components/shell/connection.tsx";
import { useConnection, useRoom } from "../live/use-room.ts";
import { useLastGood, useRetry } from "../read/use-last-good.ts";
import { formatCount, formatDepth } from "../words/format.ts";
import { Changed } from "./changed.tsx";
import { Jobs } from "./jobs.tsx";

interface Loaded {
  groups: DeadLetterGroup[];
  dead: number;
  at: number;
}

/**
 * Dead letters by their cause, the largest group first. Rows stand still: that there are others is told, and they are
 * read on demand. When a reading fails, the rows of the one before are kept and dated.
 */
export function Groups({
  result,
  jobs,
  dead,
  loadedAt,
}: {
  result: Result<DeadLetterGroup[]>;
  jobs: RedriveInfo[];
  dead: number;
  loadedAt: number;
}) {
  const router = useRouter();
  const [isLoading, startTransition] = useTransition();
  const loaded = useLastGood<Loaded>("", result.ok ? { groups: result.value, dead, at: loadedAt } : null);
  const { view } = useRoom({ kind: "mail" }, 250, { view: null, since: null });
  const notCurrentSince = useNotCurrentSince();
  const isReachable = useConnection().status !== "lost";
  useRetry(!result.ok && isReachable);
  const reload = () => startTransition(() => router.refresh());
  const hasChanged = view !== null && loaded !== null && view.dead !== loaded.dead;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-3">
        <h1 className="flex-1 text-title font-medium">Dead letters</h1>
        {hasChanged && <Changed dead={view.dead} onReload={reload} />}
        <Link href="/dead-letters/all" className={buttonClass("plain")}>
          All letters
        </Link>
      </div>
      {!result.ok && (
        <NotRead
          what="The dead letters"
          error={result.error}
          loadedAt={loaded?.at ?? null}
          onRetry={isReachable ? reload : null}
        />
      )}
      {loaded !== null && (
        <section
          aria-label="Groups"
          aria-busy={isLoading}
          className={`panel fade ${isLoading || notCurrentSince !== null ? "opacity-60" : ""}`}
        >
          {loaded.groups.length === 0 ? (
            <Empty title="No dead letter.">
              A message that fails as often as its type allows is given up, and kept here with its error.
            </Empty>
          ) : (
            <ol className="divide-y divide-line">
              {loaded.groups.map((group) => (
                <Group key={group.fingerprint} group={group} />
              ))}
            </ol>
          )}
        </section>
      )}
      {loaded !== null && loaded.groups.length > 0 && (
        <p className="text-dim">
          {formatCount(loaded.groups.length, "group")}, the largest first as of{" "}
          <Ago at={new Date(loaded.at).toISOString()} />
          {notCurrentSince !== null && (
            <>
              {" "}
              · <NotLive since={notCurrentSince} />
            </>
          )}
        </p>
      )}
      <Jobs first={jobs} />
    </div>
  );
}

function Group({ group: { fingerprint, title, count, firstAt, lastAt, newest } }: { group: DeadLetterGroup }) {
  return (
    <li>
      <Link
        data-row
        href={`/dead-letters/${fingerprint}`}
        className="fade grid min-h-11 grid-cols-[64px_minmax(0,1fr)] items-baseline gap-x-4 px-3 py-2 hover:bg-raised/60 focus-visible:-outline-offset-2 md:grid-cols-[72px_minmax(0,1fr)_128px_128px]"
      >
        <span className="mono text-right font-medium text-red">{formatDepth(count)}</span>
        <span className="min-w-0">
          <span className="mono block truncate" title={title}>
            {title}
          </span>
          <span className="block truncate text-dim" title={newest.error.message}>
            newest: <span className="mono">{newest.command}</span> to {newest.type}
          </span>
        </span>
        <span className="text-dim max-md:col-start-2">
          first <Ago at={firstAt} />
        </span>
        <span className="text-dim max-md:col-start-2">
          last <Ago at={lastAt} />
        </span>
      </Link>
    </li>
  );
}
