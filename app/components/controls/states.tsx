import type { ReactNode } from "react";
import { Button } from "./controls.tsx";

/** Where there is nothing to show: why, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-14 text-center">
      <p className="text-lead">{title}</p>
      {children !== undefined && <div className="max-w-md text-dim">{children}</div>}
    </div>
  );
}

/** What could not be had: never to be mistaken for emptiness. */
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

/** A place that will be filled. `width` is a class. */
export function Skeleton({ width }: { width: string }) {
  return <span className={`skeleton inline-block h-3 align-middle ${width}`} />;
}

/** Rows of a panel that will come. `what` names them for a screen reader. */
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

/** Why something could not be read. `again` reads it once more; where it is null, that happens by itself. */
export interface NotReadYet {
  message: string;
  again: (() => void) | null;
}

/** At the top of a panel: what could not be read of it, and that `old` rows stay. */
export function PanelProblem({ title, problem, old }: { title: string; problem: NotReadYet; old: boolean }) {
  const { message, again } = problem;
  return (
    <div className="border-b border-line p-2">
      <Problem title={title} action={again !== null && <Button onClick={again}>Try again</Button>}>
        {message}
        {again === null && " It is tried again by itself."}
        {old && " What is shown is what was read before."}
      </Problem>
    </div>
  );
}
