import { formatCount } from "../lib/format.ts";

/** That there are other dead letters than are shown, and how to see them. */
export function Changed({ dead, onReload }: { dead: number; onReload: () => void }) {
  return (
    <button
      type="button"
      onClick={onReload}
      className="fade self-center rounded-full border border-line-strong bg-raised px-3 py-0.5 font-medium hover:border-faint"
    >
      ↻ {formatCount(dead, "dead letter")} now
    </button>
  );
}
