import type { RedriveInfo } from "../../server/protocol/mail.ts";
import { formatCount, formatNumber } from "../words/format.ts";

const looks: Record<RedriveInfo["state"], { glyph: string; colour: string; word: string }> = {
  trying: { glyph: "◷", colour: "text-amber", word: "Trying one first" },
  running: { glyph: "▶", colour: "text-sky", word: "Redriving" },
  done: { glyph: "✓", colour: "text-emerald", word: "Done" },
  stopped: { glyph: "■", colour: "text-amber", word: "Stopped" },
  failed: { glyph: "✕", colour: "text-red", word: "Failed" },
};

/** Where a job is that puts dead letters back. */
export function JobState({ state }: { state: RedriveInfo["state"] }) {
  const { glyph, colour, word } = looks[state];
  return (
    <span className={`whitespace-nowrap ${colour}`}>
      <span aria-hidden>{glyph} </span>
      {word}
    </span>
  );
}

/** Whether letters of a job may still move. */
export function isOpen({ state }: RedriveInfo): boolean {
  return state === "trying" || state === "running";
}

/** How far a job has come, in a sentence. */
export function jobProgress({ state, total, moved, trial }: RedriveInfo): string {
  const attempts = trial?.attempts ?? 0;
  if (state === "trying") {
    const tried = trial === null || attempts === 0 ? "" : `, ${formatCount(attempts, "attempt")} until now`;
    return `One of ${formatCount(total, "letter")} is tried; the others follow when it is processed${tried}.`;
  }
  if (state === "failed") {
    const others = total === 2 ? "the other one stays" : `the other ${formatNumber(total - 1)} stay`;
    return `The one that was tried failed again; ${others} here.`;
  }
  const done = `${formatNumber(moved)} of ${formatCount(total, "letter")} ${moved === 1 ? "is" : "are"} back in the mailboxes`;
  return state === "stopped" && moved < total ? `${done}; the others stay here.` : `${done}.`;
}
