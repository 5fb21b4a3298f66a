"use client";

import { type ComponentProps, type ReactNode, useId } from "react";
import { CaretIcon, CloseIcon } from "./icons.tsx";
import { type ButtonKind, buttonClass } from "./styles.ts";

/** A button. A form has at most one primary button. */
export function Button({ kind = "plain", className = "", ...props }: ComponentProps<"button"> & { kind?: ButtonKind }) {
  return <button type="button" className={`${buttonClass(kind)} ${className}`} {...props} />;
}

/** A close button. `label` is its accessible name. */
export function CloseButton({
  label,
  onClick,
  className = "",
}: {
  label: string;
  onClick: () => void;
  className?: string;
}) {
  return (
    <Button kind="quiet" aria-label={label} onClick={onClick} className={`w-6 px-0! ${className}`}>
      <CloseIcon />
    </Button>
  );
}

/** Radio buttons in one row. */
export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T | null;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="rounded border border-line bg-canvas p-0.5">
      <legend className="sr-only">{label}</legend>
      <div className="flex h-5.5">
        {options.map((option) => (
          <label
            key={option.value}
            className="fade flex flex-1 items-center justify-center rounded px-2 text-mini whitespace-nowrap text-dim hover:text-ink has-checked:bg-raised has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-ink"
          >
            <input
              type="radio"
              className="sr-only"
              name={name}
              checked={value === option.value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A button that announces new rows and loads them. Its position does not move the rows. */
export function Pill({ children, onClick }: { children: ReactNode; onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="fade h-7 rounded-full border border-line-strong bg-raised px-3 font-medium whitespace-nowrap hover:border-faint"
    >
      {children}
    </button>
  );
}

/** A row that expands. */
export function Disclosure({ summary, children }: { summary: ReactNode; children: ReactNode }) {
  return (
    <details className="group/row min-w-0 flex-1">
      <summary
        data-row
        className="fade flex min-h-8 cursor-pointer list-none items-start gap-2 px-3 py-1.5 hover:bg-raised/60 focus-visible:-outline-offset-2 max-sm:px-2"
      >
        <span aria-hidden className="flex h-4.5 items-center text-faint group-open/row:rotate-90">
          <CaretIcon />
        </span>
        {summary}
      </summary>
      <div className="border-t border-line bg-canvas/40">{children}</div>
    </details>
  );
}

/** A list of names and values. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <div className="@container">
      <dl className="grid gap-x-4 gap-y-2.5 p-3 @sm:grid-cols-[112px_minmax(0,1fr)]">{children}</dl>
    </div>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-dim @max-sm:-mb-2">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
