"use client";

import { useSyncExternalStore } from "react";
import type { Json } from "../../../../../server/protocol/journal.ts";
import type { ActorAddress } from "../../../../read/read.ts";
import { store } from "../../../../read/store.ts";

/** A message to edit and resend. */
export interface Draft extends ActorAddress {
  /** The number of the draft in this browser tab. The same message again is another draft. */
  number: number;
  command: string;
  payload: Json;
  /** The id of the original message. */
  resends: string;
}

const drafts = store<Draft | null>(null, () => () => undefined);
let count = 0;

/** Puts a message into the form of its command on its actor's page. Replaces another draft. */
export function offerDraft(draft: Omit<Draft, "number">): void {
  count += 1;
  drafts.set({ ...draft, number: count });
}

/** Discards the draft. */
export function dropDraft(): void {
  drafts.set(null);
}

/** The draft for an actor, if there is one. */
export function useDraft({ type, keyText }: ActorAddress): Draft | null {
  const draft = useSyncExternalStore(drafts.subscribe, drafts.get, () => null);
  return draft?.type === type && draft.keyText === keyText ? draft : null;
}
