import type { ReactNode } from "react";
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
