import type { RedriveInfo } from "../../server/protocol/mail.ts";
import { Button } from "../components/controls.tsx";
import { CloseIcon } from "../components/icons.tsx";
import { Problem } from "../components/states.tsx";
import { buttonClass } from "../components/styles.ts";
import { Ago } from "../components/time.tsx";
import { formatCount, formatNumber } from "../lib/format.ts";
import type { Redrive } from "./use-redrive.ts";

const looks = {
  running: { glyph: "▶", colour: "text-sky", word: "Redriving" },
  done: { glyph: "✓", colour: "text-emerald", word: "Done" },
  stopped: { glyph: "■", colour: "text-amber", word: "Stopped" },
} as const;

/** How far the job has come that puts dead letters back, and the button that stops it. */
export function RedriveJob({
  redrive: { job, problem, isAsking, stop },
  onClose,
}: {
  redrive: Redrive;
  onClose: () => void;
}) {
  return (
    <>
      {problem !== null && <Problem title="The redrive could not be started, read or stopped.">{problem}</Problem>}
      {job !== null && (
        <section aria-label="Redrive" className="panel flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2">
          <p role="status" className="min-w-0 flex-1 basis-64">
            <span className={looks[job.state].colour}>
              <span aria-hidden>{looks[job.state].glyph} </span>
              {looks[job.state].word}
            </span>
            {": "}
            {progress(job)}{" "}
            <span className="text-dim">
              <Ago at={job.endedAt ?? job.startedAt} />
            </span>
          </p>
          <progress
            aria-label="Letters that are back in their mailboxes"
            max={job.total}
            value={job.moved}
            className="progress w-40 max-sm:order-last max-sm:w-full"
          />
          {job.state === "running" ? (
            <Button onClick={stop} disabled={isAsking}>
              Stop
            </Button>
          ) : (
            <button
              type="button"
              aria-label="Close the redrive"
              onClick={onClose}
              className={`${buttonClass("quiet")} w-6 px-0!`}
            >
              <CloseIcon />
            </button>
          )}
        </section>
      )}
    </>
  );
}

function progress({ state, total, moved }: RedriveInfo): string {
  const done = `${formatNumber(moved)} of ${formatCount(total, "letter")} ${moved === 1 ? "is" : "are"} back in the mailboxes`;
  return state === "stopped" && moved < total ? `${done}; the others stay here.` : `${done}.`;
}
