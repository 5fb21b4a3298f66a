import type { Entry } from "../../../../../server/protocol/journal.ts";
import { JsonValue } from "../../../../tree/json-tree.tsx";
import { formatCount, formatNumber } from "../../../../words/format.ts";

/** The outcomes of effects. `onOpen` opens an effect's entry; null if that is open already. */
export function Effects({ entries, onOpen }: { entries: readonly Entry[]; onOpen: ((seq: number) => void) | null }) {
  return (
    <ul className="flex flex-col gap-2">
      {entries.map(
        ({ seq, body }) =>
          body.kind === "effect" && (
            <li key={body.n} className="min-w-0">
              <p className="flex flex-wrap items-baseline gap-x-3">
                <span className="mono">{body.effect.name}</span>
                <span className="text-dim">
                  effect <span className="mono">#{body.n}</span>, {formatCount(body.effect.attempts, "attempt")}
                </span>
                {onOpen !== null && (
                  <button
                    type="button"
                    onClick={() => onOpen(seq)}
                    className="mono rounded text-dim underline underline-offset-2 hover:text-ink"
                  >
                    entry {formatNumber(seq)}
                  </button>
                )}
              </p>
              {"result" in body.effect ? (
                <JsonValue label={`Result of ${body.effect.name}`} value={body.effect.result} />
              ) : (
                <p className="mono break-words text-red">
                  ✕ {body.effect.error.name}: {body.effect.error.message}
                </p>
              )}
            </li>
          ),
      )}
    </ul>
  );
}
