"use client";

import { useState } from "react";
import type { Result } from "../../../server/protocol/errors.ts";
import type { MessageStatus, Trace } from "../../../server/protocol/messages.ts";
import { useRoom } from "../../live/use-room.ts";
import { useInterval } from "../../read/use-interval.ts";
import { type Reading, useReading } from "../../read/use-reading.ts";

/** The interval at which an unfinished message is read again, in milliseconds. */
const POLL_MS = 1000;

const open: ReadonlySet<MessageStatus> = new Set(["waiting", "backing off", "running"]);

/** A message's trace, read again when it may have changed, and while one of its messages is unfinished and the page is visible. */
export function useTrace(messageId: string, result: Result<Trace>): Reading<Trace> {
  const path = `/api/messages/${messageId}`;
  const [version, setVersion] = useState(0);
  // Any progress of a waiting message changes the counts of the mailboxes.
  const { view } = useRoom({ kind: "mail" }, POLL_MS, { view: null, since: null });
  const reading = useReading<Trace>(
    path,
    `${version} ${view?.waiting} ${view?.dead}`,
    result.ok ? { path, value: result.value } : null,
  );
  const isOpen = reading.value?.messages.some(({ status }) => open.has(status)) === true;
  useInterval(isOpen, POLL_MS, () => setVersion((before) => before + 1));
  return reading;
}
