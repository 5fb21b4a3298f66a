"use client";

import { Button } from "./components/controls/controls.tsx";
import { Problem } from "./components/controls/states.tsx";

/** The page for a failed render. Next hides the reason from browsers; it is in the server's log. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Problem title="Could not show this page." action={<Button onClick={reset}>Retry</Button>}>
      The reason is in the server's log
      {error.digest === undefined ? "." : ` under the digest ${error.digest}.`}
    </Problem>
  );
}
