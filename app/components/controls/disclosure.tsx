import type { ReactNode } from "react";
import { CaretIcon } from "./icons.tsx";

/** One row that opens, and under it what it opens for. */
export function Disclosure({ summary, children }: { summary: ReactNode; children: ReactNode }) {
  return (
    <details className="group/row min-w-0 flex-1">
      <summary
        data-row
        className="fade flex min-h-8 cursor-pointer list-none items-start gap-2 px-3 py-1.5 hover:bg-raised/60 focus-visible:-outline-offset-2 max-sm:px-2"
      >
        <span aria-hidden className="flex h-4.5 items-center text-faint group-open/row:rotate-90">
          <CaretIcon />
        </span>
        {summary}
      </summary>
      <div className="border-t border-line bg-canvas/40">{children}</div>
    </details>
  );
}
