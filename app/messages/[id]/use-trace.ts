"use client";

import { useState } from "react";
import type { Result } from "../../../server/protocol/errors.ts";
import type { MessageStatus, Trace } from "../../../server/protocol/messages.ts";
import { useRoom } from "../../live/use-room.ts";
import { useInterval } from "../../read/use-interval.ts";
import { type Reading, useReading } from "../../read/use-reading.ts";

/** How often a message that is not over is read again, in milliseconds. */
const POLL_MS = 1000;

const open: ReadonlySet<MessageStatus> = new Set(["waiting", "backing off", "running"]);

/** A message's trace, read again whenever it may have changed, and while one of its messages is not over and somebody looks. */
export function useTrace(messageId: string, result: Result<Trace>): Reading<Trace> {
  const path = `/api/messages/${messageId}`;
  const [version, setVersion] = useState(0);
  // Whatever a message does that waits in a mailbox changes what the mailboxes hold.
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
