import type { ReactNode } from "react";

/** That there is more than the rows that are shown, and what brings it. It stands where it moves none of them. */
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
