import type { ReactNode } from "react";
import type { RecordedError } from "../../../server/protocol/journal.ts";

/** A handler's error, `children`, and the stack. */
export function ErrorText({ error, children }: { error: RecordedError; children?: ReactNode }) {
  return (
    <>
      <p className="mono break-words text-red">
        {error.name}: {error.message}
      </p>
      {children}
      {error.stack !== "" && (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          className="mono mt-1 max-h-64 overflow-auto rounded border border-line bg-canvas p-2 text-dim"
        >
          {error.stack}
        </pre>
      )}
    </>
  );
}
