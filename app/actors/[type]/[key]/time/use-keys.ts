"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import type { Timeline } from "../../../../../server/protocol/past.ts";
import { isForPage } from "../../../../components/shell/rows.ts";
import type { HistorySource } from "../../../../history/history-source.ts";
import { whatIfPath } from "../../../../read/read.ts";
import type { Play } from "./dock/use-play.ts";
import type { Moment } from "./use-time-address.ts";

/** What the keys act on. */
interface Keyed {
  at: number;
  vs: number | null;
  head: number;
  timeline: Timeline | null;
  travel: (change: Partial<Moment>) => void;
  play: Play;
  fork: () => void;
}

/** The keys of time travel: `[` `]` (with shift: checkpoints), `d`, `b`, `f`, `w`, `l`, space. */
export function useKeys(keyed: Keyed, { actor }: HistorySource): void {
  const router = useRouter();
  const whatIf = () => actor !== null && router.push(whatIfPath(actor, keyed.at));
  const now = useRef({ ...keyed, whatIf });
  now.current = { ...keyed, whatIf };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isForPage(event) && act(event, now.current)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

function act({ key, code, shiftKey, target }: KeyboardEvent, keyed: Keyed & { whatIf: () => void }): boolean {
  const { at, vs, head, timeline, travel, play, fork, whatIf } = keyed;
  const checkpoints = timeline?.checkpoints ?? [];
  if (code === "BracketLeft" || key === "[") {
    travel({ at: shiftKey ? (checkpoints.find((seq) => seq < at) ?? 0) : at - 1 });
  } else if (code === "BracketRight" || key === "]") {
    travel({ at: shiftKey ? (checkpoints.findLast((seq) => seq > at) ?? head) : at + 1 });
  } else if (key === "d") travel({ at, vs: vs === null ? Math.max(0, at - 1) : null });
  else if (key === "b") travel({ at, vs: at });
  else if (key === "f" && at > 0) fork();
  else if (key === "w") whatIf();
  else if (key === "l") travel({ at: null });
  else if (
    key === " " &&
    !(target instanceof HTMLElement && target.closest("button, a, input, [role=tree], [role=listbox]"))
  ) {
    play.toggle();
  } else return false;
  return true;
}
