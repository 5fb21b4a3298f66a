import type { Patch } from "../../../../../server/protocol/journal.ts";
import { formatPath, preview } from "../../../../tree/tree.ts";
import { formatCount } from "../../../../words/format.ts";

const MAX_SHOWN = 200;

const looks = {
  add: { sign: "+", word: "added", text: "text-diff" },
  remove: { sign: "−", word: "removed", text: "text-diff-gone" },
  replace: { sign: "~", word: "changed", text: "text-diff" },
};

/** The changes of a turn, one line per patch. */
export function PatchList({ patches }: { patches: readonly Patch[] }) {
  if (patches.length === 0) return <span className="text-dim">No changes.</span>;
  const unshown = patches.length - MAX_SHOWN;
  return (
    <div className="min-w-0">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div tabIndex={0} className="max-h-80 overflow-auto rounded border border-line bg-canvas py-1">
        <ul className="mono">
          {patches.slice(0, MAX_SHOWN).map((patch, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an entry's patches never move
            <PatchLine key={i} patch={patch} />
          ))}
        </ul>
      </div>
      {unshown > 0 && (
        <p className="pt-1 text-dim">
          and {formatCount(unshown, "more change")}. Copy the entry's JSON for all of them.
        </p>
      )}
    </div>
  );
}

function PatchLine({ patch: { op, path, value } }: { patch: Patch }) {
  const { sign, word, text } = looks[op];
  return (
    <li className="flex gap-2 px-2 py-0.5">
      <span className={`w-3 shrink-0 text-center ${text}`}>
        <span aria-hidden>{sign}</span>
        <span className="sr-only">{word}</span>
      </span>
      <span className="min-w-0 break-words">
        <span className={text}>{formatPath(path)}</span>
        {value !== undefined && ` ${preview(value)}`}
      </span>
    </li>
  );
}
