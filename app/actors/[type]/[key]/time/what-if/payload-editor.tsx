"use client";

import { type ReactNode, useId } from "react";
import type { OperationInfo } from "../../../../../../server/protocol/actors.ts";
import type { Json } from "../../../../../../server/protocol/json.ts";
import { Button } from "../../../../../components/controls.tsx";
import { inputClass } from "../../../../../components/styles.ts";
import { FieldInput } from "../../field-input.tsx";
import { usePayloadForm } from "../../use-payload-form.ts";

/** How high the JSON is at most before it scrolls, in lines. */
const MAX_LINES = 16;

/** A message's payload as a form made from its command's schema, and as JSON in step with it. What is wrong with it blocks. */
export function PayloadEditor({
  label,
  command,
  first,
  submit,
  onSubmit,
  children,
}: {
  label: string;
  command: OperationInfo;
  first: Json | undefined;
  /** What the button says that submits it. */
  submit: string;
  onSubmit: (payload: Json) => void;
  /** Other buttons. */
  children?: ReactNode;
}) {
  const id = useId();
  const { fields, form, inputEdited, jsonEdited, jsonProblem } = usePayloadForm(command.schema, first);
  const problem = form.formState.errors.json?.message;
  const lines = form.watch("json").split("\n").length;
  return (
    <form
      noValidate
      aria-label={label}
      onSubmit={form.handleSubmit(({ json }) => onSubmit(JSON.parse(json) as Json))}
      className="flex flex-col gap-3"
    >
      {fields.map((field, i) => (
        <FieldInput key={field.name} field={field} index={i} form={form} onEdit={() => inputEdited(i)} />
      ))}
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="text-dim">
          Payload as JSON
        </label>
        <textarea
          id={id}
          rows={Math.min(Math.max(lines, 2), MAX_LINES)}
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
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        {children}
        <Button type="submit">{submit}</Button>
      </div>
    </form>
  );
}
