"use client";

import Link from "next/link";
import { useState } from "react";
import { MAX_EXPORTED } from "../../../../../../server/protocol/bounds.ts";
import { Button, Segments } from "../../../../../components/controls/controls.tsx";
import { buttonClass, inputClass } from "../../../../../components/controls/styles.ts";
import { type ActorAddress, pathOf } from "../../../../../read/read.ts";
import { formatNumber } from "../../../../../words/format.ts";

const parts = [
  { value: "whole", label: "All entries" },
  { value: "range", label: "Range" },
] as const;

/** Chooses the entries to export and links to the file. `range` is between the markers. */
export function ExportForm({
  actor,
  begins,
  head,
  range,
  onClose,
}: {
  actor: ActorAddress;
  begins: number;
  head: number;
  range: readonly [from: number, to: number] | null;
  onClose: () => void;
}) {
  const [part, setPart] = useState<"whole" | "range">(range === null ? "whole" : "range");
  const [from, setFrom] = useState(`${Math.max(range?.[0] ?? begins, begins)}`);
  const [to, setTo] = useState(`${range?.[1] ?? head}`);
  const [first, last] = part === "whole" ? [begins, head] : [Number(from), Number(to)];
  const problem = problemOf(first, last, begins, head);
  const query = part === "whole" ? "" : `?${new URLSearchParams({ from, to })}`;
  return (
    <section
      aria-label="Export"
      className="flex flex-wrap items-center gap-2 rounded border border-line-strong bg-panel p-2"
    >
      <Segments label="What to export" value={part} options={parts} onChange={setPart} />
      {part === "range" && (
        <>
          <SeqField name="From" value={from} onChange={setFrom} />
          <SeqField name="To" value={to} onChange={setTo} />
        </>
      )}
      {problem === null ? (
        <a href={`${pathOf(actor, "export")}${query}`} download className={buttonClass("primary")}>
          Download {formatNumber(last - first + 1)} entries
        </a>
      ) : (
        <p role="alert" className="text-red">
          {problem}
        </p>
      )}
      <Button onClick={onClose}>Close</Button>
      <p className="w-full text-dim">
        A file with lines of JSON and a checksum. View it with{" "}
        <Link href="/open" className="rounded underline decoration-line-strong underline-offset-2 hover:text-ink">
          Open a history
        </Link>
        , without this server’s database.
      </p>
    </section>
  );
}

function problemOf(first: number, last: number, begins: number, head: number): string | null {
  if (first < begins || last > head || first > last) {
    return `Enter a range within ${formatNumber(begins)} and ${formatNumber(head)}.`;
  }
  return last - first < MAX_EXPORTED ? null : `A file can have at most ${formatNumber(MAX_EXPORTED)} entries.`;
}

function SeqField({ name, value, onChange }: { name: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className="flex items-center gap-1.5 text-dim">
      {name}
      <input
        inputMode="numeric"
        value={value}
        onChange={({ target }) => onChange(target.value.replace(/\D/g, "").slice(0, 15))}
        className={`${inputClass} mono w-24!`}
      />
    </label>
  );
}
