"use client";

import { Dialog } from "@base-ui/react/dialog";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { useForm } from "react-hook-form";
import { encodeKey } from "../../server/protocol/key-text.ts";
import { Button } from "../components/controls/controls.tsx";
import { CloseIcon } from "../components/controls/icons.tsx";
import { Select } from "../components/controls/select.tsx";
import { buttonClass, inputClass } from "../components/controls/styles.ts";
import type { KeyShape } from "./open-actor.tsx";
import { segmentProblem } from "./segments.ts";

/** Asks for a type and a key, and opens that actor's page. */
export function OpenActorDialog({ types, onClose }: { types: [KeyShape, ...KeyShape[]]; onClose: () => void }) {
  const [chosen, setChosen] = useState<KeyShape>(types[0]);
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fade fixed inset-0 z-30 bg-[#000]/50 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fade fixed top-[12vh] left-1/2 z-30 w-[26rem] max-w-[calc(100vw-2rem)] -translate-x-1/2 rounded border border-line-strong bg-panel p-4 shadow-overlay outline-none data-ending-style:opacity-0 data-starting-style:opacity-0">
          <div className="mb-3 flex items-start justify-between">
            <div>
              <Dialog.Title className="text-lead font-medium">Open an actor by its key</Dialog.Title>
              <Dialog.Description className="text-dim">
                If it does not exist yet, its first command creates it.
              </Dialog.Description>
            </div>
            <Dialog.Close aria-label="Close" className={`${buttonClass("quiet")} -mt-1 -mr-1 w-7 px-0!`}>
              <CloseIcon />
            </Dialog.Close>
          </div>
          {types.length > 1 && (
            <div className="mb-3 flex flex-col gap-1">
              <span className="text-dim">Type</span>
              <Select
                label="Type"
                value={chosen.type}
                options={types.map(({ type }) => ({ value: type, label: type }))}
                onChange={(type) => setChosen(types.find((shape) => shape.type === type) ?? types[0])}
              />
            </div>
          )}
          <KeyForm key={chosen.type} shape={chosen} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function KeyForm({ shape }: { shape: KeyShape }) {
  const router = useRouter();
  const id = useId();
  const { register, handleSubmit, watch, formState } = useForm<{ segments: string[] }>({
    defaultValues: { segments: shape.key.map(() => "") },
  });
  const segments = watch("segments");
  const text = segments.every((segment) => segment !== "") ? encodeKey(segments) : "";
  return (
    <form
      noValidate
      aria-label={`Key of a ${shape.type}`}
      onSubmit={handleSubmit((values) => router.push(`/actors/${shape.type}/${encodeKey(values.segments)}`))}
      className="flex flex-col gap-3"
    >
      {shape.key.map((name, i) => {
        const problem = formState.errors.segments?.[i]?.message;
        return (
          <div key={name} className="flex flex-col gap-1">
            <label htmlFor={`${id}${i}`} className="mono text-dim">
              {name}
            </label>
            <input
              id={`${id}${i}`}
              autoComplete="off"
              spellCheck={false}
              aria-invalid={problem !== undefined}
              aria-describedby={problem === undefined ? undefined : `${id}${i}p`}
              className={`${inputClass} mono`}
              {...register(`segments.${i}`, { validate: (value, all) => segmentProblem(value, all.segments) ?? true })}
            />
            {problem !== undefined && (
              <p id={`${id}${i}p`} role="alert" className="text-mini text-red">
                {problem}
              </p>
            )}
          </div>
        );
      })}
      <div className="flex items-center justify-between gap-3">
        <span className="mono min-w-0 truncate text-faint" title={text}>
          {text}
        </span>
        <Button kind="primary" type="submit">
          Open
        </Button>
      </div>
    </form>
  );
}
