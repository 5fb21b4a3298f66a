"use client";

import Link from "next/link";
import { useState } from "react";
import type { Page } from "../../server/protocol/actors.ts";
import type { RedriveInfo } from "../../server/protocol/mail.ts";
import { Panel, Problem } from "../components/controls/states.tsx";
import { Ago } from "../components/facts/time.tsx";
import { useInterval } from "../read/use-interval.ts";
import { useReading } from "../read/use-reading.ts";
import { isOpen, JobState, jobProgress } from "./job-state.tsx";

const PATH = "/api/redrives";
/** The interval at which jobs are read again while one runs, in milliseconds. */
const POLL_MS = 1000;

/** The redrive jobs, newest first. */
export function Jobs({ first }: { first: RedriveInfo[] }) {
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
