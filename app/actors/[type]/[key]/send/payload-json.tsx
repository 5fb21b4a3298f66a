"use client";

import { type ReactNode, useId, useState } from "react";
import { Button } from "../../../../components/controls/controls.tsx";
import { inputClass } from "../../../../components/controls/styles.ts";
import type { PayloadForm } from "./use-payload-form.ts";

/** The payload as JSON, in sync with the inputs above it, and buttons that copy the message as code. */
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
          <span className="text-mini text-faint">sent as is</span>
        </PayloadText>
        <div className="flex flex-wrap items-center gap-1.5">
          <span className="text-mini text-faint">Copy as</span>
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

/** The max height of the JSON before it scrolls, in lines. */
const MAX_LINES = 16;

/** A payload as JSON, in sync with the inputs of its form, and its error. `children` follow its label. */
export function PayloadText({
  payloadForm: { form, jsonEdited, jsonProblem },
  children,
}: {
  payloadForm: PayloadForm;
  children?: ReactNode;
}) {
  const id = useId();
  const problem = form.formState.errors.json?.message;
  const lines = form.watch("json").split("\n").length;
  return (
    <>
      <label htmlFor={id} className="flex items-baseline justify-between gap-2">
        Payload as JSON {children}
      </label>
      <textarea
        id={id}
        rows={Math.min(Math.max(lines, 3), MAX_LINES)}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}p`}
        className={`${inputClass} mono h-auto! resize-y py-1`}
        {...form.register("json", { validate: (text) => jsonProblem(text) ?? true, onChange: jsonEdited })}
      />
      <p id={`${id}p`} role={problem === undefined ? undefined : "alert"} className="text-mini text-red empty:hidden">
        {problem}
      </p>
    </>
  );
}
