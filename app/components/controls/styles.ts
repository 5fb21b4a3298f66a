const shapes = "fade inline-flex h-7 items-center justify-center gap-1.5 rounded px-2.5 font-medium whitespace-nowrap";

const kinds = {
  primary: "bg-ink text-canvas hover:bg-dim disabled:bg-line-strong disabled:text-dim",
  plain:
    "border border-line-strong text-ink hover:bg-raised disabled:border-line disabled:text-faint disabled:hover:bg-transparent",
  quiet: "text-dim hover:bg-raised hover:text-ink disabled:text-faint",
};

/** How much a button stands out. */
export type ButtonKind = keyof typeof kinds;

/** How a button of a kind looks, for links that do what a button would. */
export function buttonClass(kind: ButtonKind): string {
  return `${shapes} ${kinds[kind]}`;
}

/** How text inputs look; 16 px on a phone, where a smaller one makes the browser zoom in. */
export const inputClass =
  "fade h-7 w-full min-w-0 rounded border border-line-strong bg-canvas px-2 text-ink placeholder:text-faint hover:border-faint aria-invalid:border-red max-sm:h-9 max-sm:text-lead";

/** How a select looks while it is closed. */
export const triggerClass =
  "fade flex h-7 items-center justify-between gap-2 rounded border border-line-strong bg-canvas pr-1.5 pl-2 hover:border-faint max-sm:h-9";
