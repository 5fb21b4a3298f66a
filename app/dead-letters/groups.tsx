"use client";

import Link from "next/link";
import { useState } from "react";
import type { Page } from "../../server/protocol/actors.ts";
import type { Result } from "../../server/protocol/errors.ts";
import type { DeadLetterGroup, RedriveInfo } from "../../server/protocol/mail.ts";
import { Pill } from "../components/controls/controls.tsx";
import { AsOf, ServedPanel, useServed } from "../components/controls/served.tsx";
import { Empty, Panel, Problem } from "../components/controls/states.tsx";
import { buttonClass } from "../components/controls/styles.ts";
import { Ago } from "../components/facts/time.tsx";
import { useRoom } from "../live/use-room.ts";
import { useInterval, useReading } from "../read/use-reading.ts";
import { formatCount, formatDepth } from "../words/format.ts";
import { isOpen, JobState, jobProgress } from "./job-state.tsx";

/**
 * Dead letters by cause, the largest group first. Rows do not change by themselves: a button announces changes and reads
 * them. If a read fails, the earlier rows stay, with their time.
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
  const served = useServed("", result, loadedAt, (groups) => ({ groups, dead }));
  const { loaded } = served;
  const { view } = useRoom({ kind: "mail" }, 250, { view: null, since: null });
  const hasChanged = view !== null && loaded !== null && view.dead !== loaded.dead;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-3">
        <h1 className="flex-1 text-title font-medium">Dead letters</h1>
        {hasChanged && <Pill onClick={served.reload}>↻ {formatCount(view.dead, "dead letter")} now</Pill>}
        <Link href="/dead-letters/all" className={buttonClass("plain")}>
          All dead letters
        </Link>
      </div>
      <ServedPanel served={served} what="the dead letters" label="Groups">
        {({ groups }) =>
          groups.length === 0 ? (
            <Empty title="No dead letters.">
              A message that has failed the max number of times moves here with its error.
            </Empty>
          ) : (
            <ol className="divide-y divide-line">
              {groups.map((group) => (
                <Group key={group.fingerprint} group={group} />
              ))}
            </ol>
          )
        }
      </ServedPanel>
      {loaded !== null && loaded.groups.length > 0 && (
        <p className="text-dim">
          {formatCount(loaded.groups.length, "group")}, largest first, <AsOf served={served} />
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

const PATH = "/api/redrives";
/** The interval at which jobs are read again while one runs, in milliseconds. */
const POLL_MS = 1000;

/** The redrive jobs, newest first. */
function Jobs({ first }: { first: RedriveInfo[] }) {
  const [version, setVersion] = useState(0);
  const { value, problem } = useReading<Page<RedriveInfo>>(PATH, `${version}`, {
    path: PATH,
    value: { items: first, next: null },
  });
  const jobs = value?.items ?? [];
  useInterval(jobs.some(isOpen), POLL_MS, () => setVersion((before) => before + 1));
  if (jobs.length === 0 && problem === null) return null;
  return (
    <Panel title="Redrives">
      {problem !== null && (
        <div className="p-2">
          <Problem title="Could not read the redrives.">{problem} Retrying automatically.</Problem>
        </div>
      )}
      <ol className="divide-y divide-line">
        {jobs.map((job) => (
          <li key={job.id}>
            <Link
              data-row
              href={`/dead-letters/all?job=${job.id}`}
              className="fade flex min-h-8 flex-wrap items-baseline gap-x-3 px-3 py-1.5 hover:bg-raised/60 focus-visible:-outline-offset-2"
            >
              <JobState state={job.state} />
              <span className="min-w-0 flex-1 basis-56">{jobProgress(job)}</span>
              <span className="text-dim">
                <Ago at={job.endedAt ?? job.startedAt} />
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
