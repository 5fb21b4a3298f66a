"use client";

import { useState } from "react";
import { Button } from "../../../../components/controls/controls.tsx";
import { PayloadText } from "./payload-text.tsx";
import type { PayloadForm } from "./use-payload-form.ts";

/** The payload as JSON, in step with the inputs above it, and the buttons that copy the whole message as code. */
export function PayloadJson({
  payloadForm,
  onCopy,
}: {
  payloadForm: PayloadForm;
  onCopy: (as: "curl" | "TypeScript") => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const problem = payloadForm.form.formState.errors.json;
  return (
    <details open={isOpen || problem !== undefined} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="rounded text-mini text-faint hover:text-ink">JSON, curl, TypeScript</summary>
      <div className="mt-2 flex flex-col gap-1.5">
        <PayloadText payloadForm={payloadForm}>
          <span className="text-mini text-faint">what is sent</span>
        </PayloadText>
        <div className="flex flex-wrap items-center gap-1.5">
          <span className="text-mini text-faint">Copy the message as</span>
          {(["curl", "TypeScript"] as const).map((as) => (
            <Button key={as} kind="quiet" aria-label={`Copy as ${as}`} onClick={() => onCopy(as)}>
              {as}
            </Button>
          ))}
        </div>
      </div>
    </details>
  );
}
