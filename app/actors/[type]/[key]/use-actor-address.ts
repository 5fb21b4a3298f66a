"use client";

import { parseAsInteger, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { EntryKind } from "../../../../server/protocol/journal.ts";
import { entryKinds } from "../../../components/facts/event-kind.tsx";

/** The tabs of an actor's page. Journal, timeline and checkpoints need a journal or a history. */
export const tabs = ["state", "journal", "timeline", "mailbox", "checkpoints"] as const;
export type Tab = (typeof tabs)[number];

const parsers = {
  tab: parseAsStringLiteral(tabs).withDefault("state"),
  kind: parseAsStringLiteral(entryKinds),
  seq: parseAsInteger,
};

/** What the address of an actor's page selects: a tab, and in the journal a kind of entries and an open entry. */
export function useActorAddress() {
  const [{ tab, kind, seq }, set] = useQueryStates(parsers);
  return {
    tab,
    kind,
    seq,
    show: (chosen: Tab) => void set({ tab: chosen, kind: null, seq: null }, { history: "push" }),
    filter: (chosen: EntryKind | null) => void set({ kind: chosen }),
    /** Opens an entry of the current list; null closes it. */
    open: (chosen: number | null) => void set({ seq: chosen }),
    /** Opens an entry from anywhere. */
    goTo: (chosen: number) => void set({ tab: "journal", kind: null, seq: chosen }, { history: "push" }),
  };
}
