"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { Edit, WhatIf } from "../../../../../../server/protocol/what-if.ts";
import { Button } from "../../../../../components/controls/controls.tsx";
import { Overlay } from "../../../../../components/controls/overlay.tsx";
import { inputClass } from "../../../../../components/controls/styles.ts";
import { type ActorAddress, pathOf, postPath } from "../../../../../read/read.ts";
import { formatCount, formatNumber } from "../../../../../words/format.ts";

/** The time limit of saving, in milliseconds: the server runs the what-if again. */
const LIMIT_MS = 60_000;

/** Asks for a key, saves a what-if as a new actor, and opens it. */
export function KeepDialog({
  address: { type, keyText },
  names,
  result,
  edits,
  onClose,
}: {
  address: ActorAddress;
  /** The names of the key's segments. */
  names: readonly string[];
  result: WhatIf;
  edits: readonly Edit[];
  onClose: () => void;
}) {
  const router = useRouter();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { base, entries } = result;
  const to = result.original.at(-1)?.seq ?? base.seq;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const key = names.map((name) => String(form.get(name)));
    const body = { at: base.seq, to, edits, keep: { key } };
    setBusy(true);
    try {
      const saved = await postPath<ActorAddress>(
        pathOf({ type, keyText }, "what-ifs"),
        body,
        AbortSignal.timeout(LIMIT_MS),
      );
      router.push(`/actors/${type}/${saved.keyText}/time`);
    } catch (error) {
      setProblem((error as Error).message);
      setBusy(false);
    }
  };
  return (
    <Overlay title="Save as new actor" onClose={onClose}>
      <form onSubmit={submit} aria-label="Save as new actor" className="flex flex-col gap-3 overflow-y-auto p-4">
        <h2 className="text-lead font-medium">Save as new actor</h2>
        <p>
          The new actor starts with the state at seq <span className="mono">{formatNumber(base.seq)}</span>, followed by{" "}
          {formatCount(entries.length, "entry", "entries")} of this what-if as its history, all in one commit.
        </p>
        <ul className="list-disc pl-5 text-dim">
          <li>Messages and reminders of its turns are recorded, but not sent or set.</li>
          <li>Effects are recorded with the chosen results. None runs.</li>
          <li>The original does not change. Both actors link to each other.</li>
        </ul>
        {names.map((name) => (
          <label key={name} className="flex flex-col gap-1 text-dim">
            New {name}
            <input name={name} required maxLength={1024} autoComplete="off" className={`${inputClass} mono`} />
          </label>
        ))}
        {problem !== null && (
          <p role="alert" className="break-words text-red">
            {problem}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" disabled={isBusy}>
            {isBusy ? "Saving…" : "Save"}
          </Button>
        </div>
      </form>
    </Overlay>
  );
}
