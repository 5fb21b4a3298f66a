import type { RecoveryNote } from "../../server/protocol/overview.ts";
import { Panel } from "../components/controls/states.tsx";
import { ActorLink } from "../components/facts/sender.tsx";
import { Ago } from "../components/facts/time.tsx";
import { formatCount, formatLatency } from "../words/format.ts";

/** The last recoveries and their durations. */
export function Recoveries({ notes }: { notes: readonly RecoveryNote[] }) {
  return (
    <Panel title="Recent recoveries">
      {notes.length === 0 && <p className="px-3 py-2 text-faint">No recoveries since the start.</p>}
      <ul className="divide-y divide-line">
        {notes.map((note) => (
          <li key={`${note.type} ${note.keyText} ${note.at}`} className="flex h-7 items-center gap-3 px-3">
            <span className="min-w-0 flex-1 truncate">
              <ActorLink type={note.type} keyText={note.keyText} />
            </span>
            <span className={`truncate text-mini max-sm:hidden ${note.damaged > 0 ? "text-amber" : "text-dim"}`}>
              {pathOf(note)}
            </span>
            <span className="mono w-16 shrink-0 text-right">{formatLatency(note.ms)}</span>
            <span className="w-16 shrink-0 text-right text-dim">
              <Ago at={note.at} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function pathOf({ checkpoint, entries, damaged }: RecoveryNote): string {
  if (entries === null || checkpoint === null) return "from the newest state";
  const from = checkpoint === 0 ? "from the beginning" : `from checkpoint ${checkpoint}`;
  const skipped = damaged === 0 ? "" : `, ◷ ${formatCount(damaged, "damaged checkpoint")} skipped`;
  return `${from}, ${formatCount(entries, "entry", "entries")}${skipped}`;
}
