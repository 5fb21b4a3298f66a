"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, type TransitionStartFunction, useState, useTransition } from "react";
import type { ErrorBody, Result } from "../../../server/protocol/errors.ts";
import { useConnection } from "../../live/use-room.ts";
import { useInterval } from "../../read/use-interval.ts";
import { Ago, At } from "../facts/time.tsx";
import { NotLive, useNotCurrentSince } from "../shell/connection.tsx";
import { Button } from "./controls.tsx";
import { Problem } from "./states.tsx";

/** How long to wait before a page that could not be read is asked for again, in milliseconds. */
const RETRY_MS = 2000;

/** Rows that came with the page, and how to read them again. */
export interface Served<T> {
  /** The newest rows that could be read, dated; null where none could. */
  loaded: (T & { at: number }) | null;
  /** Why the newest reading failed; it is tried again by itself. */
  error: ErrorBody | null;
  isLoading: boolean;
  startTransition: TransitionStartFunction;
  reload: () => void;
  isReachable: boolean;
  notCurrentSince: string | null;
}

/** Rows that came with the page at a time. Where reading them failed, the rows before, if those were of the same `subject`. */
export function useServed<V, T>(subject: string, result: Result<V>, at: number, toLoaded: (value: V) => T): Served<T> {
  const router = useRouter();
  const [isLoading, startTransition] = useTransition();
  const [last, setLast] = useState<{ subject: string; loaded: T & { at: number } } | null>(null);
  const isReachable = useConnection().status !== "lost";
  const notCurrentSince = useNotCurrentSince();
  const reload = () => startTransition(() => router.refresh());
  // A transition of its own: what is shown does not fade for a retry.
  const [isRetrying, startRetry] = useTransition();
  useInterval(!result.ok && isReachable && !isRetrying, RETRY_MS, () => startRetry(() => router.refresh()));
  let loaded = last?.subject === subject ? last.loaded : null;
  if (result.ok && last?.loaded.at !== at) {
    loaded = { ...toLoaded(result.value), at };
    setLast({ subject, loaded });
  }
  const error = result.ok ? null : result.error;
  return { loaded, error, isLoading, startTransition, reload, isReachable, notCurrentSince };
}

/** The rows, faded while others are read; above them why the newest could not be. `what` names them: "The list". */
export function ServedPanel<T>({
  served: { loaded, error, isLoading, reload, isReachable, notCurrentSince },
  what,
  label,
  children,
}: {
  served: Served<T>;
  what: string;
  label: string;
  children: (loaded: T) => ReactNode;
}) {
  return (
    <>
      {error !== null && (
        <Problem
          title={`${what} could not be read: ${error.code}`}
          action={
            <Button onClick={reload} disabled={!isReachable}>
              Try again
            </Button>
          }
        >
          <p>{error.message}</p>
          {loaded !== null && (
            <p>
              These are the rows of <At at={loaded.at} />.
            </p>
          )}
        </Problem>
      )}
      {loaded !== null && (
        <section
          aria-label={label}
          aria-busy={isLoading}
          className={`panel fade ${isLoading || notCurrentSince !== null ? "opacity-60" : ""}`}
        >
          {children(loaded)}
        </section>
      )}
    </>
  );
}

/** When the rows were read, and since when they are not live. */
export function AsOf({ served: { loaded, notCurrentSince } }: { served: Served<unknown> }) {
  return (
    <>
      as of {loaded !== null && <Ago at={loaded.at} />}
      {notCurrentSince !== null && (
        <>
          {" "}
          · <NotLive since={notCurrentSince} />
        </>
      )}
    </>
  );
}
