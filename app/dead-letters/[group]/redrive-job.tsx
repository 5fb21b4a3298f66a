import { Button, CloseButton } from "../../components/controls/controls.tsx";
import { Problem } from "../../components/controls/states.tsx";
import { MessageId } from "../../components/facts/sender.tsx";
import { Ago } from "../../components/facts/time.tsx";
import { isOpen, JobState, jobProgress } from "../job-state.tsx";
import type { Redrive } from "./use-redrive.ts";

/** The progress of a redrive job, and the button that stops it. */
export function RedriveJob({
  redrive: { job, problem, isAsking, stop },
  onClose,
}: {
  redrive: Redrive;
  onClose: () => void;
}) {
  return (
    <>
      {problem !== null && <Problem title="Could not start, read or stop the redrive.">{problem}</Problem>}
      {job !== null && (
        <section aria-label="Redrive" className="panel flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2">
          <p role="status" className="min-w-0 flex-1 basis-64">
            <JobState state={job.state} />
            {": "}
            {jobProgress(job)}{" "}
            <span className="text-dim">
              <Ago at={job.endedAt ?? job.startedAt} />
            </span>
          </p>
          <progress
            aria-label="Dead letters redriven"
            max={job.total}
            value={job.moved}
            className="progress w-40 max-sm:order-last max-sm:w-full"
          />
          {isOpen(job) ? (
            <Button onClick={stop} disabled={isAsking}>
              Stop
            </Button>
          ) : (
            <CloseButton label="Close the redrive" onClick={onClose} />
          )}
          {job.trial !== null && (job.state === "trying" || job.state === "failed") && (
            <p className="w-full min-w-0 border-t border-line pt-2">
              {job.trial.error === null ? (
                <span className="text-dim">No failure so far. </span>
              ) : (
                <span className="mono break-words text-red">
                  {job.trial.error.name}: {job.trial.error.message}{" "}
                </span>
              )}
              <MessageId value={job.trial.messageId} />
            </p>
          )}
        </section>
      )}
    </>
  );
}
