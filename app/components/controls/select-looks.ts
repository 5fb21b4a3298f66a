import type { ReactNode } from "react";

/** What a select shows and tells. */
export interface SelectProps<T extends string> {
  /** Names it for who cannot see it. */
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
}

/** How it looks while it is closed. */
export const triggerClass =
  "fade flex h-7 items-center justify-between gap-2 rounded border border-line-strong bg-canvas pr-1.5 pl-2 hover:border-faint max-sm:h-9";
export const iconClass = "text-faint";
