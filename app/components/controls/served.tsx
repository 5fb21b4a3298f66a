"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, type TransitionStartFunction, useState, useTransition } from "react";
import type { ErrorBody, Result } from "../../../server/protocol/errors.ts";
import { useConnection } from "../../live/use-room.ts";
import { useInterval } from "../../read/use-reading.ts";
import { Ago, At } from "../facts/time.tsx";
import { NotLive, useNotCurrentSince } from "../shell/connection.tsx";
import { Button } from "./controls.tsx";
import { Problem } from "./states.tsx";

/** The delay before a failed read is retried, in milliseconds. */
const RETRY_MS = 2000;

/** Rows that the server rendered, and how to read them again. */
export interface Served<T> {
  /** The last rows that were read, and when; null if none. */
  loaded: (T & { at: number }) | null;
  /** Why the last read failed; it is retried automatically. */
  error: ErrorBody | null;
  isLoading: boolean;
  startTransition: TransitionStartFunction;
  reload: () => void;
  isReachable: boolean;
  notCurrentSince: string | null;
}

/** The rows of the page; if the read failed, the last rows with the same `subject`. */
export function useServed<V, T>(subject: string, result: Result<V>, at: number, toLoaded: (value: V) => T): Served<T> {
  const router = useRouter();
  const [isLoading, startTransition] = useTransition();
  const [last, setLast] = useState<{ subject: string; loaded: T & { at: number } } | null>(null);
  const isReachable = useConnection().status !== "lost";
  const notCurrentSince = useNotCurrentSince();
  const reload = () => startTransition(() => router.refresh());
  // A separate transition, so that a retry does not fade the rows.
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

/** The rows, faded while others load, and the error of the last read. `what` names the rows: "the list". */
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
          title={`Could not read ${what}: ${error.code}`}
          action={
            <Button onClick={reload} disabled={!isReachable}>
              Retry
            </Button>
          }
        >
          <p>{error.message}</p>
          {loaded !== null && (
            <p>
              The rows below were read at <At at={loaded.at} />.
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

/** When the rows were read, and how long they have not been live. */
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
