"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { forkActor } from "../../../../../actions.ts";
import { Button } from "../../../../../components/controls/controls.tsx";
import { inputClass } from "../../../../../components/controls/styles.ts";
import { type ActorAddress, unanswered } from "../../../../../read/read.ts";
import { formatNumber } from "../../../../../words/format.ts";

/** Asks for a key, forks the actor at a seq, and opens the fork. `names` are those of the key's segments. */
export function ForkForm({
  address: { type, keyText },
  names,
  at,
  onClose,
}: {
  address: ActorAddress;
  names: readonly string[];
  at: number;
  onClose: () => void;
}) {
  const router = useRouter();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const key = names.map((name) => String(form.get(name)));
    setBusy(true);
    const result = await forkActor({ type, keyText, request: { at, key } }).catch(unanswered);
    setBusy(false);
    if (result.ok) router.push(`/actors/${type}/${result.value.keyText}`);
    else setProblem(result.error.message);
  };
  return (
    <form
      onSubmit={submit}
      aria-label="Fork"
      className="flex flex-wrap items-end gap-2 rounded border border-indigo p-2"
    >
      <p className="w-full text-dim">
        Creates a new actor with the state at seq <span className="mono">{formatNumber(at)}</span>. This one does not
        change.
      </p>
      {names.map((name, i) => (
        <label key={name} className="flex flex-col text-dim">
          New {name}
          {/* biome-ignore lint/a11y/noAutofocus: the form was opened to be filled */}
          <input name={name} required maxLength={1024} autoFocus={i === 0} className={`${inputClass} mono w-48!`} />
        </label>
      ))}
      <Button type="submit" kind="primary" disabled={isBusy}>
        Create fork
      </Button>
      <Button onClick={onClose}>Cancel</Button>
      {problem !== null && (
        <p role="alert" className="w-full text-red">
          {problem}
        </p>
      )}
    </form>
  );
}
