"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Result } from "../../../server/protocol/errors.ts";
import type { RedriveInfo, RedriveRequest } from "../../../server/protocol/mail.ts";
import { startRedrive, stopRedrive } from "../../actions.ts";
import { readPath, unanswered } from "../../read/read.ts";
import { isOpen } from "../job-state.tsx";

/** How often a job that runs is read, in milliseconds. */
const POLL_MS = 1000;

/** A job that puts dead letters back, and what is wrong with it if something is. */
export interface Redrive {
  job: RedriveInfo | null;
  problem: string | null;
  /** True from the click until the server has answered. */
  isAsking: boolean;
  start: (request: RedriveRequest) => void;
  stop: () => void;
}

/**
 * The job that the page shows, by its id: read each second while it runs. `first` is what was known of it when the page
 * was made; `onStarted` is told its id, and `onOver` that no letter of it will move any more.
 */
export function useRedrive(
  id: string | null,
  first: RedriveInfo | null,
  onStarted: (id: string) => void,
  onOver: () => void,
): Redrive {
  const [known, setKnown] = useState(first);
  const [problem, setProblem] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const job = known?.id === id ? known : null;
  const isRunning = id !== null && (job === null || isOpen(job));
  const over = useRef(onOver);
  over.current = onOver;

  const take = useCallback((told: RedriveInfo) => {
    setProblem(null);
    setKnown(told);
    if (!isOpen(told)) over.current();
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

  const ask = async (asking: Promise<Result<RedriveInfo>>, then: (told: RedriveInfo) => void) => {
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
      void ask(startRedrive(request), (told) => {
        setProblem(null);
        setKnown(told);
        onStarted(told.id);
      }),
    stop: () => void ask(stopRedrive(id), take),
  };
}
