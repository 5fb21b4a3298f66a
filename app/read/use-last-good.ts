"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState, useTransition } from "react";

/** How long to wait before a page that could not be read is asked for again, in milliseconds. */
const RETRY_MS = 2000;

/**
 * The newest reading that went well: `newest`, or where that failed (null) the one before, if it was of the same
 * `subject`. Readings are told apart by when they were made.
 */
export function useLastGood<T extends { at: number }>(subject: string, newest: T | null): T | null {
  const [kept, setKept] = useState<{ subject: string; reading: T } | null>(null);
  if (newest === null) return kept?.subject === subject ? kept.reading : null;
  if (kept?.reading.at === newest.at) return kept.reading;
  setKept({ subject, reading: newest });
  return newest;
}

/** Reads the page anew now and then while it is to be, and somebody looks. What is shown does not fade for that. */
export function useRetry(isNeeded: boolean): void {
  const router = useRouter();
  const [isReading, startTransition] = useTransition();
  useEffect(() => {
    if (!isNeeded || isReading) return;
    const timer = setInterval(() => {
      if (!document.hidden) startTransition(() => router.refresh());
    }, RETRY_MS);
    return () => clearInterval(timer);
  }, [isNeeded, isReading, router]);
}
