const shapes = "fade inline-flex h-7 items-center justify-center gap-1.5 rounded px-2.5 font-medium whitespace-nowrap";

const kinds = {
  primary: "bg-ink text-canvas hover:bg-dim disabled:bg-line-strong disabled:text-dim",
  plain:
    "border border-line-strong text-ink hover:bg-raised disabled:border-line disabled:text-faint disabled:hover:bg-transparent",
  quiet: "text-dim hover:bg-raised hover:text-ink disabled:text-faint",
};

/** The emphasis of a button. */
export type ButtonKind = keyof typeof kinds;

/** The classes of a button, also for links that look like one. */
export function buttonClass(kind: ButtonKind): string {
  return `${shapes} ${kinds[kind]}`;
}

/** The classes of a text input: 16 px on a phone, where browsers zoom in on smaller text. */
export const inputClass =
  "fade h-7 w-full min-w-0 rounded border border-line-strong bg-canvas px-2 text-ink placeholder:text-faint hover:border-faint aria-invalid:border-red max-sm:h-9 max-sm:text-lead";

/** The classes of a closed select. */
export const triggerClass =
  "fade flex h-7 items-center justify-between gap-2 rounded border border-line-strong bg-canvas pr-1.5 pl-2 hover:border-faint max-sm:h-9";
