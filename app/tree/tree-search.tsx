"use client";

import { type KeyboardEvent, useEffect, useState } from "react";
import { Button } from "../components/controls/controls.tsx";
import { inputClass } from "../components/controls/styles.ts";
import { formatNumber } from "../words/format.ts";
import { type Found, nextMatch, type TreeView } from "./tree-view.ts";

/** The delay after the last keystroke before a search, in milliseconds. */
const PAUSE_MS = 200;

/** Searches in a tree and moves between the matches. `label` is its accessible name. */
export function TreeSearch({ label, tree: { search, found, goTo } }: { label: string; tree: TreeView }) {
  const [typed, setTyped] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts a search
  useEffect(() => {
    const timer = setTimeout(() => search(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  const step = (by: 1 | -1) => found !== null && found.count > 0 && goTo(nextMatch(found, by));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") setTyped("");
    if (event.key !== "Enter") return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  const isNothing = found === null || found.count === 0;
  return (
    <search className="flex items-center gap-1.5 border-b border-line p-1.5">
      <input
        type="search"
        aria-label={label}
        aria-keyshortcuts="Enter Shift+Enter Escape"
        placeholder="Search names and values"
        spellCheck={false}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKeyDown}
        className={`${inputClass} mono max-w-80`}
      />
      <p role="status" className="flex-1 pl-1.5 whitespace-nowrap text-dim">
        {found !== null && words(found)}
      </p>
      <Button kind="quiet" aria-label="Previous match" disabled={isNothing} onClick={() => step(-1)}>
        ↑
      </Button>
      <Button kind="quiet" aria-label="Next match" disabled={isNothing} onClick={() => step(1)}>
        ↓
      </Button>
    </search>
  );
}

function words({ count, more, at }: Found): string {
  if (count === 0) return "No results.";
  return `${formatNumber(at + 1)} of ${formatNumber(count)}${more ? " or more" : ""}`;
}
