"use client";

import { useId, useMemo, useState } from "react";
import { useForm } from "react-hook-form";
import type { OperationInfo } from "../../../../server/protocol/actors.ts";
import type { Issue } from "../../../../server/protocol/errors.ts";
import { Button } from "../../../components/controls.tsx";
import { inputClass } from "../../../components/styles.ts";
import { formShape, payloadOf } from "../../../lib/schema-form.ts";
import { useZone } from "../../../lib/time.tsx";
import { formatPath } from "../../../lib/tree.ts";
import { FieldInput } from "./field-input.tsx";
import { type Outcome, OutcomePanel } from "./outcome-panel.tsx";
import { type Message, send } from "./send.ts";

/** What the form holds: the text of each input, in the order of the fields. */
export interface FormValues {
  inputs: string[];
  idempotencyKey: string;
}

/**
 * The form of a command or a query, made from its schema, and under it what came of sending it. `labelId` is the id of
 * the element that names it.
 */
export function OperationForm({
  kind,
  operation,
  type,
  keyText,
  labelId,
}: {
  kind: "command" | "query";
  operation: OperationInfo;
  type: string;
  keyText: string;
  labelId: string;
}) {
  const zone = useZone();
  const shape = useMemo(() => formShape(operation.schema), [operation.schema]);
  const fields = shape.kind === "members" ? shape.fields : [shape.field];
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const form = useForm<FormValues>({ defaultValues: { inputs: fields.map(() => ""), idempotencyKey: "" } });
  const { handleSubmit, setError, formState } = form;

  /** Shows each issue at its field; returns those that have none. */
  const showIssues = (issues: readonly Issue[]): string[] =>
    issues.flatMap(({ path, message }) => {
      const i = shape.kind === "whole" ? 0 : fields.findIndex((field) => field.name === path[0]);
      const inside = shape.kind === "whole" ? path : path.slice(1);
      if (i === -1) return [path.length === 0 ? message : `${formatPath(path)}: ${message}`];
      setError(`inputs.${i}`, {
        type: "server",
        message: inside.length === 0 ? message : `${formatPath(inside)}: ${message}`,
      });
      return [];
    });

  const submit = (as: Message["kind"]) =>
    handleSubmit(async ({ inputs, idempotencyKey }) => {
      const payload = payloadOf(shape, inputs, zone);
      const sent = await send({ kind: as, type, keyText, operation: operation.name, payload, idempotencyKey });
      const unplaced = sent.kind === "error" ? showIssues(sent.error.details?.issues ?? []) : [];
      setOutcome(sent.kind === "error" ? { ...sent, unplaced } : sent);
    });

  return (
    <form noValidate aria-labelledby={labelId} onSubmit={submit(kind)} className="flex flex-col gap-3 px-3 pt-1 pb-3">
      {fields.length === 0 && <p className="text-faint">It takes nothing.</p>}
      {fields.map((field, i) => (
        <FieldInput key={field.name} field={field} index={i} form={form} />
      ))}
      {kind === "command" && <Advanced form={form} />}
      <div className="flex justify-end gap-2">
        {kind === "command" && (
          <Button
            aria-label={`Tell ${operation.name}`}
            title="Puts it into the mailbox, and does not wait until it has run."
            onClick={submit("tell")}
            disabled={formState.isSubmitting}
          >
            Tell
          </Button>
        )}
        <Button kind={kind === "command" ? "primary" : "plain"} type="submit" disabled={formState.isSubmitting}>
          {formState.isSubmitting
            ? "Waiting for the reply…"
            : `${kind === "command" ? "Send" : "Ask"} ${operation.name}`}
        </Button>
      </div>
      <div aria-live="polite" className="empty:-mt-3">
        {outcome !== null && <OutcomePanel outcome={outcome} />}
      </div>
    </form>
  );
}

const printable = /^[\x21-\x7e]*$/;

function Advanced({ form }: { form: ReturnType<typeof useForm<FormValues>> }) {
  const id = useId();
  const problem = form.formState.errors.idempotencyKey?.message;
  return (
    <details>
      <summary className="rounded text-mini text-faint hover:text-ink">Advanced</summary>
      <div className="mt-2 flex flex-col gap-1">
        <label htmlFor={id} className="flex items-baseline justify-between gap-2">
          Idempotency key <span className="text-mini text-faint">optional</span>
        </label>
        <div className="flex gap-1.5">
          <input
            id={id}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={problem !== undefined}
            aria-describedby={`${id}n`}
            className={`${inputClass} mono`}
            {...form.register("idempotencyKey", {
              pattern: { value: printable, message: "Printable ASCII without spaces." },
            })}
          />
          <Button onClick={() => form.setValue("idempotencyKey", crypto.randomUUID(), { shouldValidate: true })}>
            New
          </Button>
        </div>
        <p
          id={`${id}n`}
          role={problem === undefined ? undefined : "alert"}
          className={`text-mini ${problem ? "text-red" : "text-faint"}`}
        >
          {problem ?? "The same key again is answered with the first reply, and nothing runs."}
        </p>
      </div>
    </details>
  );
}
