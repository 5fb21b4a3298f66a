"use client";

import { Button } from "./components/controls/controls.tsx";
import { Problem } from "./components/controls/states.tsx";

/** What a page shows that could not be made. Next hides the reason from browsers; the server's log has it. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Problem title="This page could not be shown." action={<Button onClick={reset}>Try again</Button>}>
      The server's log says why
      {error.digest === undefined ? "." : ` under the digest ${error.digest}.`}
    </Problem>
  );
}
