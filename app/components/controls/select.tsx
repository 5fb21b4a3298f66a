"use client";

import { type KeyboardEvent, lazy, type ReactNode, Suspense, useState } from "react";
import { UpDownIcon } from "./icons.tsx";
import { triggerClass } from "./styles.ts";

export interface SelectProps<T extends string> {
  /** Its name for screen readers. */
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
}

const load = () => import("./select-list.tsx");
const List = lazy(() => load().then(({ SelectList }) => ({ default: SelectList })));

/** A select. Its list is loaded on hover or focus. */
export function Select<T extends string>({ label, value, options, onChange }: SelectProps<T>) {
  const [isAsked, setAsked] = useState(false);
  const ask = () => setAsked(true);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    ask();
  };
  const closed = (
    <button
      type="button"
      role="combobox"
      aria-label={label}
      aria-haspopup="listbox"
      aria-expanded={false}
      aria-busy={isAsked}
      onPointerEnter={load}
      onFocus={load}
      onClick={ask}
      onKeyDown={onKeyDown}
      className={triggerClass}
    >
      <span className="truncate">{options.find((option) => option.value === value)?.label}</span>
      <span aria-hidden className="text-faint">
        <UpDownIcon />
      </span>
    </button>
  );
  if (!isAsked) return closed;
  return (
    <Suspense fallback={closed}>
      <List label={label} value={value} options={options} onChange={(chosen) => onChange(chosen as T)} />
    </Suspense>
  );
}

const ANY = "any";

/** A select that filters a list. Its first option, labelled `any`, stands for null. */
export function FilterSelect<T extends string>({
  any,
  value,
  options,
  onChange,
  label,
}: Omit<SelectProps<T>, "value" | "onChange"> & {
  any: string;
  value: T | null;
  onChange: (value: T | null) => void;
}) {
  return (
    <Select<T | typeof ANY>
      label={label}
      value={value ?? ANY}
      options={[{ value: ANY, label: any }, ...options]}
      onChange={(chosen) => onChange(chosen === ANY ? null : chosen)}
    />
  );
}
