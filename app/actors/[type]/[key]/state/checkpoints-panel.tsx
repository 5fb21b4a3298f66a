import type { Persistence } from "../../../../../server/protocol/actors.ts";
import { Empty, Problem } from "../../../../components/controls/states.tsx";
import { Ago } from "../../../../components/facts/time.tsx";
import { formatBytes, formatNumber } from "../../../../words/format.ts";
import type { Checkpoints } from "./use-checkpoints.ts";

const cell = "h-7 px-3 py-0 whitespace-nowrap max-sm:px-2";

/** An actor's checkpoints: the starting points of recovery and time travel. */
export function CheckpointsPanel({ list, problem, persistence }: Checkpoints & { persistence: Persistence }) {
  return (
    <section aria-label="Checkpoints" className="panel">
      {problem !== null && (
        <div className="border-b border-line p-2">
          <Problem title="Could not read the checkpoints.">{problem}</Problem>
        </div>
      )}
      {list.length === 0 && problem === null && (
        <Empty title="No checkpoints yet.">
          {persistence === "journal"
            ? "A checkpoint is written after the number of entries that the type sets, and on passivation."
            : "A history gets a checkpoint every thousand entries, for time travel. Recovery reads the newest state."}
        </Empty>
      )}
      {list.length > 0 && (
        <table className="w-full border-collapse">
          <thead className="text-left text-mini text-faint">
            <tr>
              {["Seq", "Written", "Size", "Version", "Retention"].map((name, i) => (
                <th key={name} scope="col" className={`font-normal ${cell} ${i > 0 && i < 4 ? "text-right" : ""}`}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line border-t border-line">
            {list.map(({ seq, at, bytes, version, permanent, damaged }) => (
              <tr key={seq}>
                <td className={`${cell} mono`}>{formatNumber(seq)}</td>
                <td className={`${cell} text-right text-dim`}>
                  <Ago at={at} />
                </td>
                <td className={`${cell} mono text-right`}>{formatBytes(bytes)}</td>
                <td className={`${cell} mono text-right`}>{version}</td>
                <td className={`${cell} ${damaged ? "text-amber" : "text-dim"}`}>{retention(permanent, damaged)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function retention(permanent: boolean, damaged: boolean): string {
  if (damaged) return "⚠ damaged, not used";
  return permanent ? "permanent" : "one of the last two";
}
