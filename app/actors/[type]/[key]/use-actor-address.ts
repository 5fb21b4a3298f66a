"use client";

import { parseAsInteger, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { EntryKind } from "../../../../server/protocol/journal.ts";
import { entryKinds } from "../../../components/facts/event-kind.tsx";

/** The parts of an actor's page; journal, timeline and checkpoints where it keeps a journal. */
export const tabs = ["state", "journal", "timeline", "mailbox", "checkpoints"] as const;
export type Tab = (typeof tabs)[number];

const parsers = {
  tab: parseAsStringLiteral(tabs).withDefault("state"),
  kind: parseAsStringLiteral(entryKinds),
  seq: parseAsInteger,
};

/** What an actor's page shows, as its address has it: a tab, and of the journal a kind of entries and an open one. */
export function useActorAddress() {
  const [{ tab, kind, seq }, set] = useQueryStates(parsers);
  return {
    tab,
    kind,
    seq,
    show: (chosen: Tab) => void set({ tab: chosen, kind: null, seq: null }, { history: "push" }),
    filter: (chosen: EntryKind | null) => void set({ kind: chosen }),
    /** Opens an entry of the list that is shown; null closes it. */
    open: (chosen: number | null) => void set({ seq: chosen }),
    /** Opens an entry from anywhere. */
    goTo: (chosen: number) => void set({ tab: "journal", kind: null, seq: chosen }, { history: "push" }),
  };
}
