"use client";

import { type ReactNode, useId } from "react";
import { inputClass } from "../../../../components/controls/styles.ts";
import type { PayloadForm } from "./use-payload-form.ts";

/** How high the JSON is at most before it scrolls, in lines. */
const MAX_LINES = 16;

/** A payload as JSON, in step with the inputs of its form, and what is wrong with it. `children` stand beside its name. */
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
