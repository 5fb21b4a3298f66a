"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Result } from "../../../server/protocol/errors.ts";
import type { RedriveInfo, RedriveRequest } from "../../../server/protocol/mail.ts";
import { startRedrive, stopRedrive } from "../../actions.ts";
import { Button, CloseButton } from "../../components/controls/controls.tsx";
import { Problem } from "../../components/controls/states.tsx";
import { MessageId } from "../../components/facts/sender.tsx";
import { Ago } from "../../components/facts/time.tsx";
import { readPath, unanswered } from "../../read/read.ts";
import { isOpen, JobState, jobProgress } from "../job-state.tsx";

/** The progress of a redrive job, and the button that stops it. */
export function RedriveJob({
  redrive: { job, problem, isAsking, stop },
  onClose,
}: {
  redrive: Redrive;
  onClose: () => void;
}) {
  return (
    <>
      {problem !== null && <Problem title="Could not start, read or stop the redrive.">{problem}</Problem>}
      {job !== null && (
        <section aria-label="Redrive" className="panel flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2">
          <p role="status" className="min-w-0 flex-1 basis-64">
            <JobState state={job.state} />
            {": "}
            {jobProgress(job)}{" "}
            <span className="text-dim">
              <Ago at={job.endedAt ?? job.startedAt} />
            </span>
          </p>
          <progress
            aria-label="Dead letters redriven"
            max={job.total}
            value={job.moved}
            className="progress w-40 max-sm:order-last max-sm:w-full"
          />
          {isOpen(job) ? (
            <Button onClick={stop} disabled={isAsking}>
              Stop
            </Button>
          ) : (
            <CloseButton label="Close the redrive" onClick={onClose} />
          )}
          {job.trial !== null && (job.state === "trying" || job.state === "failed") && (
            <p className="w-full min-w-0 border-t border-line pt-2">
              {job.trial.error === null ? (
                <span className="text-dim">No failure so far. </span>
              ) : (
                <span className="mono break-words text-red">
                  {job.trial.error.name}: {job.trial.error.message}{" "}
                </span>
              )}
              <MessageId value={job.trial.messageId} />
            </p>
          )}
        </section>
      )}
    </>
  );
}

/** The interval at which a running job is read, in milliseconds. */
const POLL_MS = 1000;

/** A redrive job, and the error of the last request. */
interface Redrive {
  job: RedriveInfo | null;
  problem: string | null;
  /** True from the click until the server has answered. */
  isAsking: boolean;
  start: (request: RedriveRequest) => void;
  stop: () => void;
}

/**
 * The page's redrive job, by its id, read every second while it runs. `first` is what the server rendered. Calls
 * `onStarted` with the id of a new job, and `onEnd` when the job has ended.
 */
export function useRedrive(
  id: string | null,
  first: RedriveInfo | null,
  onStarted: (id: string) => void,
  onEnd: () => void,
): Redrive {
  const [known, setKnown] = useState(first);
  const [problem, setProblem] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const job = known?.id === id ? known : null;
  const isRunning = id !== null && (job === null || isOpen(job));
  const end = useRef(onEnd);
  end.current = onEnd;

  const take = useCallback((info: RedriveInfo) => {
    setProblem(null);
    setKnown(info);
    if (!isOpen(info)) end.current();
  }, []);

  useEffect(() => {
    if (!isRunning) return;
    const abort = new AbortController();
    const read = () =>
      readPath<RedriveInfo>(`/api/redrives/${id}`, abort.signal).then(take, ({ message }: Error) => {
        if (!abort.signal.aborted) setProblem(message);
      });
    void read();
    const timer = setInterval(() => {
      if (!document.hidden) void read();
    }, POLL_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [id, isRunning, take]);

  const ask = async (asking: Promise<Result<RedriveInfo>>, then: (info: RedriveInfo) => void) => {
    setAsking(true);
    const result = await asking.catch(unanswered);
    setAsking(false);
    if (result.ok) then(result.value);
    else setProblem(result.error.message);
  };
  return {
    job,
    problem,
    isAsking,
    start: (request) =>
      void ask(startRedrive(request), (info) => {
        setProblem(null);
        setKnown(info);
        onStarted(info.id);
      }),
    stop: () => void ask(stopRedrive(id), take),
  };
}
