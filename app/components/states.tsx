import type { ReactNode } from "react";

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
