"use client";

import { useEffect, useMemo } from "react";
import { type UseFormReturn, useForm } from "react-hook-form";
import type { Json } from "../../../../../server/protocol/journal.ts";
import { useZone } from "../../../../words/time.tsx";
import {
  type Field,
  type FormShape,
  formShape,
  parseField,
  parsePayloadText,
  payloadOf,
  rawOf,
  valueIn,
  withValue,
} from "./schema-form.ts";

/** The values of a form: the text of each input, in the order of the fields, and the payload as JSON text. */
export interface FormValues {
  inputs: string[];
  json: string;
  idempotencyKey: string;
}

/** A form whose inputs and JSON stay in sync. The JSON is what is sent. */
export interface PayloadForm {
  shape: FormShape;
  fields: readonly Field[];
  form: UseFormReturn<FormValues>;
  /** Updates the JSON from the input at `index`. */
  inputEdited: (index: number) => void;
  /** Updates the inputs from the JSON, once it is valid. */
  jsonEdited: () => void;
  /** The error of the JSON, or undefined. */
  jsonProblem: (text: string) => string | undefined;
}

/** A form for a payload of `schema`, filled with `first` if given. */
export function usePayloadForm(schema: Json, first: Json | undefined): PayloadForm {
  const zone = useZone();
  const shape = useMemo(() => formShape(schema), [schema]);
  const fields = useMemo(() => (shape.kind === "members" ? shape.fields : [shape.field]), [shape]);
  const form = useForm<FormValues>({
    defaultValues: {
      inputs: fields.map((field) =>
        first === undefined ? "" : (rawOf(field, valueIn(shape, first, field), zone) ?? ""),
      ),
      json: toText(first ?? payloadOf(shape, [], zone)),
      idempotencyKey: "",
    },
  });
  const { getValues, setValue } = form;

  // The zone changes how inputs show times, but not what is sent.
  useEffect(() => {
    const parsed = parsePayloadText(shape, getValues("json"), zone);
    if (!parsed.ok) return;
    for (const [i, field] of fields.entries()) {
      const value = field.kind === "time" ? valueIn(shape, parsed.payload, field) : undefined;
      if (value !== undefined) setValue(`inputs.${i}`, rawOf(field, value, zone) ?? "");
    }
  }, [zone, shape, fields, getValues, setValue]);

  return {
    shape,
    fields,
    form,
    inputEdited: (index) => {
      const field = fields[index];
      if (field === undefined) return;
      const before = parsePayloadText(shape, getValues("json"), zone);
      const parsed = parseField(field, getValues(`inputs.${index}`), zone);
      const payload = before.ok ? before.payload : payloadOf(shape, getValues("inputs"), zone);
      setValue("json", toText(withValue(shape, payload, field, parsed.ok ? parsed.value : undefined)));
      form.clearErrors("json");
    },
    jsonEdited: () => {
      const parsed = parsePayloadText(shape, getValues("json"), zone);
      if (!parsed.ok) return;
      for (const [i, field] of fields.entries()) {
        const raw = rawOf(field, valueIn(shape, parsed.payload, field), zone) ?? "";
        setValue(`inputs.${i}`, raw, { shouldValidate: true });
      }
    },
    jsonProblem: (text) => {
      const parsed = parsePayloadText(shape, text, zone);
      return parsed.ok ? undefined : parsed.problem;
    },
  };
}

function toText(payload: Json): string {
  return JSON.stringify(payload, null, 2);
}
