"use client";

import { type ReactNode, useId, useState } from "react";
import type { OperationInfo } from "../../../../../../server/protocol/actors.ts";
import type { Json } from "../../../../../../server/protocol/journal.ts";
import { Button } from "../../../../../components/controls/controls.tsx";
import { inputClass } from "../../../../../components/controls/styles.ts";
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

/** Adds a message with any command of the type after the selected one. */
export function AddMessage({
  commands,
  onAdd,
}: {
  commands: readonly OperationInfo[];
  onAdd: (command: string, payload: Json) => void;
}) {
  const id = useId();
  const [name, setName] = useState<string | null>(null);
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    return (
      <div className="border-t border-line p-2 text-right">
        <Button onClick={() => setName(commands[0]?.name ?? null)}>Add message after this</Button>
      </div>
    );
  }
  return (
    <section aria-label="Added message" className="flex flex-col gap-3 border-t border-line p-3">
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="text-dim">
          Command
        </label>
        <select
          id={id}
          value={command.name}
          onChange={({ target }) => setName(target.value)}
          className={`${inputClass} mono`}
        >
          {commands.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </select>
      </div>
      <PayloadEditor
        key={command.name}
        label={`Payload of the added ${command.name}`}
        command={command}
        first={undefined}
        submit="Add"
        onSubmit={(payload) => {
          onAdd(command.name, payload);
          setName(null);
        }}
      >
        <Button kind="quiet" onClick={() => setName(null)}>
          Cancel
        </Button>
      </PayloadEditor>
    </section>
  );
}
