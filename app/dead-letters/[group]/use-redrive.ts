"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Result } from "../../../server/protocol/errors.ts";
import type { RedriveInfo, RedriveRequest } from "../../../server/protocol/mail.ts";
import { startRedrive, stopRedrive } from "../../actions.ts";
import { readPath, unanswered } from "../../read/read.ts";
import { isOpen } from "../job-state.tsx";

/** The interval at which a running job is read, in milliseconds. */
const POLL_MS = 1000;

/** A redrive job, and the error of the last request. */
export interface Redrive {
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
