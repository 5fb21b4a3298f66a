"use client";

import { useEffect, useId, useRef, useState } from "react";
import type { UseFormReturn } from "react-hook-form";
import type { OperationInfo } from "../../../../../server/protocol/actors.ts";
import type { Issue } from "../../../../../server/protocol/errors.ts";
import type { Json } from "../../../../../server/protocol/journal.ts";
import { Button } from "../../../../components/controls/controls.tsx";
import { copyText, Id } from "../../../../components/controls/copy.tsx";
import { inputClass } from "../../../../components/controls/styles.ts";
import { formatPath } from "../../../../tree/tree.ts";
import { curlOf, typescriptOf } from "../../../../words/snippets.ts";
import { type Draft, dropDraft } from "./draft.ts";
import { FieldInput } from "./field-input.tsx";
import { type Outcome, OutcomePanel } from "./outcome-panel.tsx";
import { PayloadJson } from "./payload-json.tsx";
import { type Message, send } from "./send.ts";
import { type FormValues, usePayloadForm } from "./use-payload-form.ts";

/**
 * The form of a command or a query, generated from its schema, and the outcome of the last submit. `labelId` is the id
 * of the element that names it. `draft` is a message to resend; it fills the form.
 */
export function OperationForm({
  kind,
  operation,
  type,
  segments,
  keyText,
  labelId,
  draft,
}: {
  kind: "command" | "query";
  operation: OperationInfo;
  type: string;
  segments: readonly string[];
  keyText: string;
  labelId: string;
  draft: Draft | null;
}) {
  const payloadForm = usePayloadForm(operation.schema, draft?.payload);
  const { shape, fields, form, inputEdited } = payloadForm;
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const { handleSubmit, setError, formState } = form;

  /** Shows each issue at its field. Returns the issues without a field. */
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
    handleSubmit(async ({ json, idempotencyKey }) => {
      const resends = draft?.resends;
      const message = { type, keyText, operation: operation.name, payload: JSON.parse(json) as Json, idempotencyKey };
      const sent = await send({ kind: as, ...message, resends });
      const unplaced = sent.kind === "error" ? showIssues(sent.error.details?.issues ?? []) : [];
      setOutcome(sent.kind === "error" ? { ...sent, unplaced } : sent);
    });
  const copy = (as: "curl" | "TypeScript") =>
    void handleSubmit(({ json, idempotencyKey }) => {
      const payload = JSON.parse(json) as Json;
      const message = { kind, type, segments, operation: operation.name, payload, idempotencyKey };
      void copyText(as === "curl" ? curlOf(message, location.origin) : typescriptOf(message), as);
    })();

  return (
    <form noValidate aria-labelledby={labelId} onSubmit={submit(kind)} className="flex flex-col gap-3 px-3 pt-1 pb-3">
      {draft !== null && <DraftNote draft={draft} />}
      {fields.length === 0 && <p className="text-faint">No parameters.</p>}
      {fields.map((field, i) => (
        <FieldInput key={field.name} field={field} index={i} form={form} onEdit={() => inputEdited(i)} />
      ))}
      <PayloadJson payloadForm={payloadForm} onCopy={copy} />
      {kind === "command" && <Advanced form={form} />}
      <Submits kind={kind} name={operation.name} isWaiting={formState.isSubmitting} onQueue={submit("tell")} />
      <div aria-live="polite" className="empty:-mt-3">
        {outcome !== null && <OutcomePanel outcome={outcome} />}
      </div>
    </form>
  );
}

/** Names the message that fills the form. Scrolls into view and takes the focus. */
function DraftNote({ draft: { resends } }: { draft: Draft }) {
  const note = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    note.current?.scrollIntoView({ block: "center" });
    note.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className="flex items-center justify-between gap-2 rounded border border-line-strong bg-canvas py-1 pr-1 pl-2">
      <p ref={note} tabIndex={-1} className="text-dim">
        Resends message <Id value={resends} what="Message id" /> as a new message.
      </p>
      <Button kind="quiet" onClick={dropDraft}>
        Discard
      </Button>
    </div>
  );
}

function Submits({
  kind,
  name,
  isWaiting,
  onQueue,
}: {
  kind: "command" | "query";
  name: string;
  isWaiting: boolean;
  onQueue: () => void;
}) {
  return (
    <div className="flex justify-end gap-2">
      {kind === "command" && (
        <Button
          aria-label={`Queue ${name} (don't wait)`}
          title="Puts the command into the mailbox and returns at once."
          onClick={onQueue}
          disabled={isWaiting}
        >
          Queue (don't wait)
        </Button>
      )}
      <Button kind={kind === "command" ? "primary" : "plain"} type="submit" disabled={isWaiting}>
        {isWaiting ? "Waiting for reply…" : `${kind === "command" ? "Send" : "Run"} ${name}`}
      </Button>
    </div>
  );
}

const printable = /^[\x21-\x7e]*$/;

function Advanced({ form }: { form: UseFormReturn<FormValues> }) {
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
              pattern: { value: printable, message: "Use printable ASCII without spaces." },
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
          {problem ?? "Sending the same key again returns the first reply and runs nothing."}
        </p>
      </div>
    </details>
  );
}
