import type { RedriveInfo } from "../../server/protocol/mail.ts";
import { formatCount, formatNumber } from "../words/format.ts";

const looks: Record<RedriveInfo["state"], { glyph: string; colour: string; word: string }> = {
  trying: { glyph: "◷", colour: "text-amber", word: "Trial" },
  running: { glyph: "▶", colour: "text-sky", word: "Redriving" },
  done: { glyph: "✓", colour: "text-emerald", word: "Done" },
  stopped: { glyph: "■", colour: "text-amber", word: "Stopped" },
  failed: { glyph: "✕", colour: "text-red", word: "Stopped" },
};

/** The state of a redrive job. */
export function JobState({ state }: { state: RedriveInfo["state"] }) {
  const { glyph, colour, word } = looks[state];
  return (
    <span className={`whitespace-nowrap ${colour}`}>
      <span aria-hidden>{glyph} </span>
      {word}
    </span>
  );
}

/** Whether a job is still running. */
export function isOpen({ state }: RedriveInfo): boolean {
  return state === "trying" || state === "running";
}

/** The progress of a job, after its state. */
export function jobProgress({ state, total, moved, trial }: RedriveInfo): string {
  const attempts = trial?.attempts ?? 0;
  if (state === "trying") {
    const tried = trial === null || attempts === 0 ? "" : `, ${formatCount(attempts, "attempt")} so far`;
    return `1 of ${formatCount(total, "dead letter")} first; the others follow if it succeeds${tried}.`;
  }
  if (state === "failed") return `the trial failed; ${formatNumber(total - 1)} left untouched.`;
  const rest = state === "stopped" && moved < total ? "; the others left untouched" : "";
  return `${formatNumber(moved)} of ${formatCount(total, "dead letter")} redriven${rest}.`;
}
