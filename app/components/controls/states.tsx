"use client";

import { type ReactNode, useId } from "react";
import { Button } from "./controls.tsx";

/** An empty state: why it is empty, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-14 text-center">
      <p className="text-lead">{title}</p>
      {children !== undefined && <div className="max-w-md text-dim">{children}</div>}
    </div>
  );
}

/** An error. Must not look like an empty state. */
export function Problem({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div role="alert" className="flex items-start gap-3 rounded border border-red/50 bg-red/8 px-3 py-2.5">
      <span aria-hidden className="mono text-red">
        ✕
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium text-red">{title}</p>
        {children !== undefined && <div className="mt-0.5 break-words text-dim">{children}</div>}
      </div>
      {action}
    </div>
  );
}

/** A placeholder. `width` is a class. */
export function Skeleton({ width }: { width: string }) {
  return <span className={`skeleton inline-block h-3 align-middle ${width}`} />;
}

/** Placeholder rows of a panel. `what` names them for screen readers. */
export function LoadingRows({ what, widths = ["w-64", "w-56", "w-72"] }: { what?: string; widths?: string[] }) {
  return (
    <div aria-busy className="flex flex-col gap-2.5 p-3">
      {what !== undefined && (
        <p role="status" className="sr-only">
          Loading {what}.
        </p>
      )}
      {widths.map((width) => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  );
}

/** Why something could not be read. `again` retries; null if that happens automatically. */
export interface NotReadYet {
  message: string;
  again: (() => void) | null;
}

/** The error at the top of a panel. `old` says that the panel still shows earlier rows. */
export function PanelProblem({ title, problem, old }: { title: string; problem: NotReadYet; old: boolean }) {
  const { message, again } = problem;
  return (
    <div className="border-b border-line p-2">
      <Problem title={title} action={again !== null && <Button onClick={again}>Retry</Button>}>
        {message}
        {again === null && " Retrying automatically."}
        {old && " The rows below are from the last read."}
      </Problem>
    </div>
  );
}

/** A section with a heading. */
export function Panel({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="panel min-w-0">
      <h2 id={id} className="border-b border-line px-3 py-2 font-medium">
        {title}
      </h2>
      {children}
    </section>
  );
}

/** A panel of rows that are read repeatedly. `isLoading` fades them while another page loads. */
export function RowsPanel({
  title,
  note,
  problem,
  isRead,
  isLoading = false,
  empty,
  rows,
  children,
}: {
  title: string;
  note: ReactNode;
  problem: string | null;
  isRead: boolean;
  isLoading?: boolean;
  /** Shown if there are no rows. */
  empty: ReactNode;
  rows: readonly ReactNode[];
  children?: ReactNode;
}) {
  const id = useId();
  const what = `the ${title.toLowerCase()}`;
  return (
    <section aria-labelledby={id} aria-busy={isLoading} className="panel min-w-0">
      <div className="flex min-h-9 flex-wrap items-center gap-x-3 border-b border-line px-3 py-1.5">
        <h2 id={id} className="font-medium">
          {title}
        </h2>
        {note !== null && <span className="text-dim">{note}</span>}
      </div>
      {problem !== null && (
        <PanelProblem
          title={`Could not read ${what}.`}
          problem={{ message: problem, again: null }}
          old={rows.length > 0}
        />
      )}
      {!isRead && problem === null && <LoadingRows what={what} />}
      {isRead && rows.length === 0 && problem === null && empty}
      {rows.length > 0 && <ol className={`fade divide-y divide-line ${isLoading ? "opacity-60" : ""}`}>{rows}</ol>}
      {children}
    </section>
  );
}

/** Whether a list is live, paused by a button, or paused because it was scrolled away from the newest row. */
export type Follow = "follows" | "paused" | "away";

/** Shows whether a list is live, and pauses or resumes it. `isBehind` if there are newer rows than shown. */
export function FollowBar({
  follow,
  resume,
  isBehind,
  onPause,
  onResume,
  children,
}: {
  follow: Follow;
  resume: string;
  isBehind: boolean;
  onPause: () => void;
  onResume: () => void;
  children?: ReactNode;
}) {
  const words = { follows: "Live.", paused: "Paused.", away: "Paused while you browse." };
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line p-1.5">
      {children}
      <p role="status" className="flex-1 px-1 text-dim">
        {words[follow]}
      </p>
      {follow !== "follows" && (
        <Button onClick={onResume} kind={isBehind ? "primary" : "plain"}>
          ↑ {resume}
        </Button>
      )}
      {follow !== "paused" && (
        <Button kind="quiet" onClick={onPause}>
          Pause
        </Button>
      )}
    </div>
  );
}
