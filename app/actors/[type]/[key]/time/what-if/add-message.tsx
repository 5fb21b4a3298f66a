"use client";

import { useId, useState } from "react";
import type { OperationInfo } from "../../../../../../server/protocol/actors.ts";
import type { Json } from "../../../../../../server/protocol/journal.ts";
import { Button } from "../../../../../components/controls/controls.tsx";
import { inputClass } from "../../../../../components/controls/styles.ts";
import { PayloadEditor } from "./payload-editor.tsx";

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
