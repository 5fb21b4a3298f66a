"use client";

import { useState } from "react";
import type { MailboxInfo } from "../../../../../server/protocol/mail.ts";
import { type ActorAddress, pathOf } from "../../../../read/read.ts";
import { type Reading, useReading } from "../../../../read/use-reading.ts";

/** How many messages of a mailbox are shown at once. */
const PAGE = 50;

/** A page of a mailbox, live, and how to go to another one. */
export interface Mailbox extends Reading<MailboxInfo> {
  /** The place after which the page begins; 0 is the first page. */
  cursor: number;
  goTo: (cursor: number) => void;
}

/**
 * What waits for an actor, read again for each `version`: the first message alone and how many there are, or a page of
 * them while they are looked at. `first` is what the page was made with; null for an actor that was never used.
 */
export function useMailbox(
  address: ActorAddress,
  isUsed: boolean,
  isLookedAt: boolean,
  version: string,
  first: MailboxInfo | null,
): Mailbox {
  const [cursor, goTo] = useState(0);
  const onlyFirst = pathOf(address, "mailbox?limit=1");
  const wanted = isLookedAt ? pathOf(address, `mailbox?cursor=${cursor}&limit=${PAGE}`) : onlyFirst;
  const known = first === null ? null : { path: onlyFirst, value: first };
  return { ...useReading(isUsed ? wanted : null, version, known), cursor, goTo };
}
