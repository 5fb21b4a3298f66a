"use client";

import { useRouter } from "next/navigation";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { SearchIcon } from "../controls/icons.tsx";
import { pages } from "./nav.tsx";
import { focusSearch, isInDialog, isTyping, moveRow } from "./rows.ts";

/** The max time between `g` and a page's letter, in milliseconds. */
const SEQUENCE_MS = 1500;

const Palette = lazy(() => import("./palette.tsx").then(({ Palette }) => ({ default: Palette })));
const KeySheet = lazy(() => import("./key-sheet.tsx").then(({ KeySheet }) => ({ default: KeySheet })));

type Opened = "palette" | "keys";

/** The keys that work on every page, and buttons for the palette and the key sheet, which load on demand. */
export function Keyboard() {
  const router = useRouter();
  const [opened, setOpened] = useState<Opened | null>(null);
  const wentAt = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const act = actionOf(event, performance.now() - wentAt.current < SEQUENCE_MS);
      wentAt.current = act === "go" ? performance.now() : Number.NEGATIVE_INFINITY;
      if (act === null || act === "go") return;
      event.preventDefault();
      if (act === "palette" || act === "keys") setOpened(act);
      else if (act === "search") focusSearch();
      else if (typeof act === "number") moveRow(act);
      else router.push(act.href);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [router]);

  const close = () => setOpened(null);
  return (
    <>
      <div className="flex gap-1.5">
        <button
          type="button"
          onClick={() => setOpened("palette")}
          aria-keyshortcuts="Control+K Meta+K"
          className="fade flex h-7 min-w-0 flex-1 items-center gap-2 rounded border border-line bg-canvas px-2 text-dim hover:border-line-strong hover:text-ink"
        >
          <SearchIcon />
          Find
          <kbd className="mono ml-auto text-mini text-faint max-sm:hidden">⌘K</kbd>
        </button>
        <button
          type="button"
          onClick={() => setOpened("keys")}
          aria-label="Keyboard shortcuts"
          aria-keyshortcuts="?"
          className="fade mono h-7 w-7 rounded border border-line bg-canvas text-dim hover:border-line-strong hover:text-ink max-sm:hidden"
        >
          ?
        </button>
      </div>
      <Suspense>
        {opened === "palette" && <Palette onClose={close} />}
        {opened === "keys" && <KeySheet onClose={close} />}
      </Suspense>
    </>
  );
}

/** The action of a key: open an overlay, start a sequence, go to a page, or move by a row. */
function actionOf(
  event: KeyboardEvent,
  isSequence: boolean,
): Opened | "go" | "search" | 1 | -1 | { href: string } | null {
  const { key, metaKey, ctrlKey, altKey, target, defaultPrevented } = event;
  if (key.toLowerCase() === "k" && (metaKey || ctrlKey) && !altKey) return isInDialog() ? null : "palette";
  if (defaultPrevented || metaKey || ctrlKey || altKey || isTyping(target) || isInDialog()) return null;
  if (isSequence) return pages.find(({ letter }) => letter === key) ?? null;
  if (key === "?") return "keys";
  if (key === "g") return "go";
  if (key === "/") return "search";
  if (key === "j") return 1;
  return key === "k" ? -1 : null;
}
