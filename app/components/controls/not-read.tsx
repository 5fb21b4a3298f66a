import type { ErrorBody } from "../../../server/protocol/errors.ts";
import { At } from "../facts/time.tsx";
import { Button } from "./controls.tsx";
import { Problem } from "./states.tsx";

/** That a list could not be read, and from when the rows are that are shown instead. `what` names it: "The list". */
export function NotRead({
  what,
  error,
  loadedAt,
  onRetry,
}: {
  what: string;
  error: ErrorBody;
  /** Milliseconds since 1970; null where there are no rows. */
  loadedAt: number | null;
  /** Null while nothing can be reached. */
  onRetry: (() => void) | null;
}) {
  return (
    <Problem
      title={`${what} could not be read: ${error.code}`}
      action={
        <Button onClick={onRetry ?? undefined} disabled={onRetry === null}>
          Try again
        </Button>
      }
    >
      <p>{error.message}</p>
      {loadedAt !== null && (
        <p>
          These are the rows of <At at={new Date(loadedAt).toISOString()} />.
        </p>
      )}
    </Problem>
  );
}
