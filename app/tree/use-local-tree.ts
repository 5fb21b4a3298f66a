"use client";

import { useMemo, useState } from "react";
import type { Json } from "../../server/protocol/journal.ts";
import { type Marks, pointer, revealed, search, type Toggled, treeRows } from "./tree.ts";
import { copiedText, MAX_FOUND, type TreeView, toShown } from "./tree-view.ts";

/** The tree of a value in the page. Open rows stay open when the value changes. */
export function useLocalTree(value: Json, marks: Marks): TreeView {
  const [toggled, setToggled] = useState<Toggled>(new Map());
  const [activeId, setActiveId] = useState<string | null>(null);
  const [wanted, setWanted] = useState({ text: "", at: 0 });
  const rows = useMemo(() => treeRows(value, toggled, marks), [value, toggled, marks]);
  const matches = useMemo(
    () => (wanted.text === "" ? null : search(value, wanted.text, MAX_FOUND)),
    [value, wanted.text],
  );
  const found = matches && { count: matches.paths.length, more: matches.more, at: wanted.at };
  return {
    count: rows.length,
    row: (index) => rows[index] && toShown(rows[index]),
    show: () => undefined,
    active: Math.max(
      0,
      rows.findIndex(({ id }) => id === activeId),
    ),
    activate: (index) => setActiveId(rows[index]?.id ?? null),
    toggle: (index, open) => {
      const id = rows[index]?.id;
      if (id !== undefined) setToggled((before) => new Map(before).set(id, open));
    },
    textOf: async (index, what) => (rows[index] ? copiedText(rows[index], what) : ""),
    search: (text) => {
      setWanted({ text, at: 0 });
      const first = text === "" ? undefined : search(value, text, 1).paths[0];
      if (first === undefined) return;
      setToggled((before) => revealed(value, first, before));
      setActiveId(pointer(first));
    },
    found,
    goTo: (at) => {
      const path = matches?.paths[at];
      if (path === undefined) return;
      setWanted((before) => ({ ...before, at }));
      setToggled((before) => revealed(value, path, before));
      setActiveId(pointer(path));
    },
  };
}
