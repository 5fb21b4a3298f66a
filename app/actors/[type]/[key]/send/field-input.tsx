"use client";

import { useId, useRef } from "react";
import type { UseFormReturn } from "react-hook-form";
import { Button } from "../../../../components/controls/controls.tsx";
import { inputClass } from "../../../../components/controls/styles.ts";
import { formatCount, formatNumber, formatTime, type Zone } from "../../../../words/format.ts";
import { useZone } from "../../../../words/time.tsx";
import { type Field, parseField } from "./schema-form.ts";
import type { FormValues } from "./use-payload-form.ts";

/** One input of a form, with its name, a hint and its error. */
export function FieldInput({
  field,
  index,
  form,
  onEdit,
}: {
  field: Field;
  index: number;
  form: UseFormReturn<FormValues>;
  /** The user has typed or chosen something. */
  onEdit: () => void;
}) {
  const id = useId();
  const zone = useZone();
  const input = useRef<HTMLInputElement>(null);
  const problem = form.formState.errors.inputs?.[index]?.message;
  const { ref, ...registered } = form.register(`inputs.${index}`, {
    validate: (raw) => {
      // An incomplete date has an empty value; only `badInput` distinguishes it from an empty input.
      if (input.current?.validity.badInput) return "Incomplete date and time.";
      const parsed = parseField(field, raw, zone);
      return parsed.ok || parsed.problem;
    },
    onChange: onEdit,
  });
  const attributes = {
    id,
    "aria-invalid": problem !== undefined,
    "aria-required": field.required,
    "aria-describedby": `${id}h`,
    autoComplete: "off",
    ...registered,
    ref: (element: HTMLInputElement | null) => {
      input.current = element;
      ref(element);
    },
  };
  const isGroup = field.kind === "boolean";
  const Label = isGroup ? "span" : "label";
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-baseline justify-between gap-2">
        <Label id={`${id}l`} {...(isGroup ? {} : { htmlFor: id })} className="mono">
          {field.name}
        </Label>
        <span className="text-mini text-faint">{hint(field, zone)}</span>
      </div>
      <Control
        field={field}
        attributes={attributes}
        labelId={`${id}l`}
        onNow={() => {
          form.setValue(`inputs.${index}`, nowIn(zone), { shouldValidate: true });
          onEdit();
        }}
      />
      <p
        id={`${id}h`}
        role={problem === undefined ? undefined : "alert"}
        className={`text-mini ${problem ? "text-red" : "text-faint"}`}
      >
        {problem ?? field.description}
      </p>
    </div>
  );
}

type Attributes = ReturnType<UseFormReturn<FormValues>["register"]> & { id: string; "aria-describedby": string };

function Control({
  field,
  attributes,
  labelId,
  onNow,
}: {
  field: Field;
  attributes: Attributes;
  labelId: string;
  onNow: () => void;
}) {
  switch (field.kind) {
    case "boolean":
      return <TrueOrFalse field={field} attributes={attributes} labelId={labelId} />;
    case "choice":
      return (
        <select {...attributes} className={inputClass}>
          <option value="">{field.required ? "Choose…" : "(omit)"}</option>
          {field.choices.map((choice, i) => (
            <option key={String(choice)} value={i}>
              {String(choice)}
            </option>
          ))}
        </select>
      );
    case "json":
      return (
        <textarea
          {...attributes}
          rows={4}
          spellCheck={false}
          placeholder="JSON"
          className={`${inputClass} mono h-auto! py-1`}
        />
      );
    case "time":
      return (
        <div className="flex gap-1.5">
          <input {...attributes} type="datetime-local" step="1" className={`${inputClass} mono`} />
          <Button onClick={onNow}>Now</Button>
        </div>
      );
    case "number":
    case "integer":
      return (
        <input
          {...attributes}
          inputMode={field.kind === "integer" ? "numeric" : "decimal"}
          className={`${inputClass} mono`}
        />
      );
    case "text":
      return <input {...attributes} spellCheck={false} className={inputClass} />;
  }
}

function TrueOrFalse({ field, attributes, labelId }: { field: Field; attributes: Attributes; labelId: string }) {
  const { id, ...registered } = attributes;
  const options = [
    ...(field.required ? [] : [{ value: "", label: "omit" }]),
    { value: "true", label: "true" },
    { value: "false", label: "false" },
  ];
  return (
    <div
      role="radiogroup"
      aria-labelledby={labelId}
      aria-describedby={attributes["aria-describedby"]}
      className="flex gap-1.5"
    >
      {options.map(({ value, label }) => (
        <label
          key={value}
          className="mono fade flex h-7 flex-1 items-center justify-center gap-2 rounded border border-line-strong bg-canvas text-dim hover:border-faint has-checked:border-ink has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-ink max-sm:h-9"
        >
          <input type="radio" value={value} className="peer sr-only" {...registered} aria-describedby={undefined} />
          <span aria-hidden className="hidden peer-checked:inline">
            ✓
          </span>
          {label}
        </label>
      ))}
    </div>
  );
}

function nowIn(zone: Zone): string {
  return formatTime(Date.now(), zone).replace(" ", "T");
}

function hint(field: Field, zone: Zone): string {
  const parts = [kindWord(field, zone), ...limits(field)];
  if (field.fallback !== undefined) parts.push(`default ${JSON.stringify(field.fallback)}`);
  else if (!field.required) parts.push("optional");
  return parts.join(", ");
}

function kindWord(field: Field, zone: Zone): string {
  if (field.kind === "time") return zone === "utc" ? "UTC" : "local time";
  return {
    text: "text",
    number: "number",
    integer: "integer",
    boolean: "boolean",
    choice: "choice",
    json: "JSON",
  }[field.kind];
}

function limits({ minLength, maxLength, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Field): string[] {
  const found: string[] = [];
  if (maxLength !== undefined) found.push(`${minLength ?? 0}–${formatNumber(maxLength)} characters`);
  else if (minLength !== undefined) found.push(`min ${formatCount(minLength, "character")}`);
  if (exclusiveMinimum !== undefined) found.push(`> ${formatNumber(exclusiveMinimum)}`);
  if (isLimit(minimum)) found.push(`min ${formatNumber(minimum)}`);
  if (exclusiveMaximum !== undefined) found.push(`< ${formatNumber(exclusiveMaximum)}`);
  if (isLimit(maximum)) found.push(`max ${formatNumber(maximum)}`);
  return found;
}

/** Integer schemas contain the safe integer bounds, which are no real limits. */
function isLimit(bound: number | undefined): bound is number {
  return bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
}
