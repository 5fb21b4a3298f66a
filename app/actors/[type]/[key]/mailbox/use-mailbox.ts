"use client";

import { useState } from "react";
import type { MailboxInfo } from "../../../../../server/protocol/mail.ts";
import { type ActorAddress, pathOf } from "../../../../read/read.ts";
import { type Reading, useReading } from "../../../../read/use-reading.ts";

const PAGE = 50;

/** A page of a mailbox, live. */
export interface Mailbox extends Reading<MailboxInfo> {
  /** The `mailSeq` before the page; 0 for the first page. */
  cursor: number;
  goTo: (cursor: number) => void;
}

/**
 * An actor's mailbox, read again for each `version`: a page of messages while its tab is open, otherwise only the first
 * message and the count. `first` is what the server rendered; null for an actor that was never used.
 */
export function useMailbox(
  address: ActorAddress,
  isUsed: boolean,
  isOpen: boolean,
  version: string,
  first: MailboxInfo | null,
): Mailbox {
  const [cursor, goTo] = useState(0);
  const firstPath = pathOf(address, "mailbox?limit=1");
  const wanted = isOpen ? pathOf(address, `mailbox?cursor=${cursor}&limit=${PAGE}`) : firstPath;
  const known = first === null ? null : { path: firstPath, value: first };
  return { ...useReading(isUsed ? wanted : null, version, known), cursor, goTo };
}
