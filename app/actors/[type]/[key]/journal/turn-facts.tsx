import type { Entry, Patch, RecordedEffect, TurnEntry } from "../../../../../server/protocol/journal.ts";
import { Fact } from "../../../../components/controls/controls.tsx";
import { ActorLink } from "../../../../components/facts/sender.tsx";
import { At } from "../../../../components/facts/time.tsx";
import { JsonValue } from "../../../../tree/json-tree.tsx";
import { formatPath, preview } from "../../../../tree/tree.ts";
import { formatCount, formatNumber } from "../../../../words/format.ts";

const MAX_LISTED = 50;

/** The messages that a turn sends and the reminders that it sets, marked if they were not really sent. */
export function Sent({ turn: { sends = [], reminders = [], unsent = false } }: { turn: TurnEntry }) {
  const more = Math.max(0, sends.length - MAX_LISTED);
  return (
    <>
      {sends.length > 0 && (
        <Fact name="Sends">
          <NotSent shown={unsent} what="sent" />
          <ul aria-label="Sends" className="flex flex-col gap-1.5">
            {sends.slice(0, MAX_LISTED).map(({ messageId, type, key, command, payload }) => (
              <li key={messageId} className="min-w-0">
                <span className="mono">{command}</span> to <ActorLink type={type} keyText={key} />{" "}
                <JsonValue label={`Payload of ${command}`} value={payload} />
              </li>
            ))}
          </ul>
          {more > 0 && <p className="text-dim">and {more} more</p>}
        </Fact>
      )}
      {reminders.length > 0 && (
        <Fact name="Reminders">
          <NotSent shown={unsent} what="set" />
          <ul aria-label="Reminders" className="flex flex-col gap-1.5">
            {reminders.slice(0, MAX_LISTED).map(({ name, set }) => (
              <li key={name} className="min-w-0">
                <span className="mono">{name}</span>{" "}
                {set === null ? (
                  <span className="text-dim">cancelled</span>
                ) : (
                  <>
                    <span className="mono">{set.command}</span> <At at={set.at} />
                  </>
                )}
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </>
  );
}

function NotSent({ shown, what }: { shown: boolean; what: string }) {
  return shown && <p className="pb-1 text-amber">⊘ not {what}: this turn comes from a what-if</p>;
}

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
              <EffectOutcome effect={body.effect} label="Result" />
            </li>
          ),
      )}
    </ul>
  );
}

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

/** The result of an effect, named by `label`, or its error. */
export function EffectOutcome({ effect, label }: { effect: RecordedEffect; label: string }) {
  if ("result" in effect) return <JsonValue label={`${label} of ${effect.name}`} value={effect.result} />;
  return (
    <p className="mono break-words text-red">
      ✕ {effect.error.name}: {effect.error.message}
    </p>
  );
}
