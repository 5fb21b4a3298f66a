"use client";

import type { ReactNode } from "react";
import type { OperationInfo } from "../../../../../../server/protocol/actors.ts";
import type { Json } from "../../../../../../server/protocol/journal.ts";
import { Button } from "../../../../../components/controls/controls.tsx";
import { FieldInput } from "../../send/field-input.tsx";
import { PayloadText } from "../../send/payload-json.tsx";
import { usePayloadForm } from "../../send/use-payload-form.ts";

/** A message's payload as a form of its command's schema, in sync with its JSON. Errors block the submit. */
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
  /** The label of the submit button. */
  submit: string;
  onSubmit: (payload: Json) => void;
  /** More buttons. */
  children?: ReactNode;
}) {
  const payloadForm = usePayloadForm(command.schema, first);
  const { fields, form, inputEdited } = payloadForm;
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
        <PayloadText payloadForm={payloadForm} />
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        {children}
        <Button type="submit">{submit}</Button>
      </div>
    </form>
  );
}
