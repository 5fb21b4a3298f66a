"use client";

import { toast } from "sonner";
import { cutMiddle } from "../../words/format.ts";
import { CopyIcon } from "./icons.tsx";

/** Copies a text and confirms it with a toast. `what` names it: "Key". */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied.`);
  } catch {
    toast.error("This browser does not allow copying. Select the text instead.");
  }
}

/** An id, shortened in the middle. A click copies all of it. */
export function Id({ value, what, max = 16 }: { value: string; what: string; max?: number }) {
  const shown = cutMiddle(value, max);
  return (
    <button
      type="button"
      onClick={() => copyText(value, what)}
      title={`${value}\nClick to copy`}
      aria-label={`${shown}, copy ${what.toLowerCase()}`}
      className="mono fade -mx-1 rounded px-1 text-left text-dim hover:bg-raised hover:text-ink"
    >
      {shown}
    </button>
  );
}

/** A small button that copies the text beside it. */
export function CopyButton({
  text,
  what,
  className = "",
}: {
  text: () => string | Promise<string>;
  what: string;
  className?: string;
}) {
  return (
    <button
      type="button"
      onClick={async () => copyText(await text(), what)}
      title={`Copy ${what.toLowerCase()}`}
      aria-label={`Copy ${what.toLowerCase()}`}
      className={`fade inline-flex size-6 items-center justify-center rounded text-faint hover:bg-raised hover:text-ink ${className}`}
    >
      <CopyIcon />
    </button>
  );
}
