"use client";

import Link from "next/link";
import { parseAsInteger, parseAsString, useQueryStates } from "nuqs";
import { useEffect, useMemo, useRef, useState } from "react";
import type { TypeInfo } from "../../../../../../server/protocol/actors.ts";
import type { WhatIf } from "../../../../../../server/protocol/what-if.ts";
import { Button, Segments } from "../../../../../components/controls/controls.tsx";
import { Empty, LoadingRows, Problem } from "../../../../../components/controls/states.tsx";
import { isForPage } from "../../../../../components/shell/rows.ts";
import { indexOfAdded, linesOf, unrunOf, withAdded } from "../../../../../history/what-if.ts";
import { formatPath, preview } from "../../../../../tree/tree.ts";
import { formatCount, formatNumber } from "../../../../../words/format.ts";
import { BothStates } from "./both-states.tsx";
import { KeepDialog } from "./keep-dialog.tsx";
import { AddMessage } from "./payload-editor.tsx";
import { StepDetail } from "./step-detail.tsx";
import { START, StepList } from "./step-list.tsx";
import { type Trial, useWhatIf } from "./use-what-if.ts";

const parsers = { at: parseAsInteger.withDefault(0), step: parseAsString };

/** A what-if: an actor's recorded messages after a seq, edited, with both histories side by side. */
export function WhatIfView({ info, segments, keyText }: { info: TypeInfo; segments: string[]; keyText: string }) {
  const { type } = info;
  const [{ at, step }, move] = useQueryStates(parsers, { history: "replace" });
  const trial = useWhatIf({ type, keyText }, at);
  const { result } = trial;
  return (
    <div className="flex flex-col gap-3 lg:h-[calc(100dvh-40px)]">
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <h1 className="text-lead font-medium break-all">{segments.join(" / ")}</h1>
        <span className="text-dim">What-if</span>
        <Link
          href={`/actors/${type}/${keyText}/time?at=${at}`}
          className="ml-auto rounded text-dim underline-offset-2 hover:text-ink hover:underline"
        >
          Back to time travel
        </Link>
      </header>
      <NotRun trial={trial} />
      {result === null ? (
        trial.problem === null && (
          <section aria-label="What-if" className="panel">
            <LoadingRows what="the what-if" />
          </section>
        )
      ) : (
        <Workbench
          info={info}
          keyText={keyText}
          trial={trial}
          result={result}
          chosen={step ?? START}
          choose={(key) => void move({ step: key === START ? null : key })}
        />
      )}
    </div>
  );
}

/** Why the newest edits did not run. */
function NotRun({ trial: { problem, result, again, undo } }: { trial: Trial }) {
  if (problem === null) return null;
  const actions = (
    <div className="flex flex-wrap justify-end gap-2">
      {undo !== null && <Button onClick={undo}>Undo edit</Button>}
      <Button onClick={again}>Retry</Button>
    </div>
  );
  return (
    <Problem title="The what-if could not run." action={actions}>
      {problem}
      {result !== null && " The page shows the previous result."}
    </Problem>
  );
}

type Part = "messages" | "states" | "message";
const parts: { value: Part; label: string }[] = [
  { value: "messages", label: "Messages" },
  { value: "states", label: "States" },
  { value: "message", label: "Message" },
];

function Workbench({
  info,
  keyText,
  trial: { edits, edit, isCurrent, problem },
  result,
  chosen,
  choose,
}: {
  info: TypeInfo;
  keyText: string;
  trial: Trial;
  result: WhatIf;
  chosen: string;
  choose: (key: string) => void;
}) {
  const [part, setPart] = useState<Part>("messages");
  const [isSaving, setSaving] = useState(false);
  const lines = useMemo(() => linesOf(result), [result]);
  const line = lines.find(({ key }) => key === chosen) ?? null;
  const at = result.base.seq;
  useStepKeys(
    useMemo(() => [START, ...lines.map(({ key }) => key)], [lines]),
    line?.key ?? START,
    choose,
  );
  const open = (key: string) => {
    choose(key);
    setPart("message");
  };
  const add = (command: string, payload: Parameters<typeof withAdded>[1]["payload"]) => {
    const after = line?.seq ?? at;
    choose(`+${indexOfAdded(edits, after)}`);
    edit(withAdded(edits, { after, command, payload }));
  };
  const only = (one: Part) => `min-h-0 overflow-auto bg-panel ${part === one ? "" : "max-lg:hidden"}`;
  return (
    <>
      <Where result={result} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <FirstDivergence
          result={result}
          onOpen={(seq) => open(lines.find((one) => one.seq === seq && one.step.differs !== null)?.key ?? START)}
        />
      </div>
      <div className="lg:hidden">
        <Segments label="Part" value={part} options={parts} onChange={setPart} />
      </div>
      <div
        aria-busy={!isCurrent && problem === null}
        className="grid min-h-0 flex-1 gap-px overflow-hidden rounded border border-indigo bg-line lg:grid-cols-[28fr_42fr_30fr]"
      >
        <div className={only("messages")}>
          <StepList at={at} lines={lines} chosen={line?.key ?? START} unrun={unrunOf(result)} onChoose={open} />
        </div>
        <div className={only("states")}>
          <BothStates result={result} seq={line?.seq ?? at} head={line?.step.head ?? at} />
        </div>
        <section aria-label="Message" className={only("message")}>
          {line === null ? (
            <Empty title="Starting point.">Select a message to edit or skip it, or add one.</Empty>
          ) : (
            <StepDetail result={result} line={line} commands={info.commands} edits={edits} onEdit={edit} />
          )}
          <AddMessage key={line?.key ?? START} commands={info.commands} onAdd={add} />
        </section>
      </div>
      <div className="flex flex-wrap items-center gap-2 rounded border border-line bg-panel p-2">
        <span className="text-dim">
          {formatCount(edits.length, "edit")}, on this page only. The address contains the seq and the message.
        </span>
        <Button disabled={edits.length === 0} onClick={() => edit([])} className="ml-auto">
          Discard edits
        </Button>
        <Button
          kind="primary"
          disabled={!isCurrent || result.steps.at(-1)?.wants != null}
          onClick={() => setSaving(true)}
        >
          Save as new actor
        </Button>
      </div>
      {isSaving && (
        <KeepDialog
          address={{ type: info.type, keyText }}
          names={info.key}
          result={result}
          edits={edits}
          onClose={() => setSaving(false)}
        />
      )}
    </>
  );
}

function Where({ result: { base, original, head } }: { result: WhatIf }) {
  const to = original.at(-1)?.seq ?? base.seq;
  const later = formatCount(head - to, "later entry is", "later entries are");
  const rest = head > to ? ` ${later} not included.` : "";
  return (
    <p role="status" className="rounded bg-indigo/15 px-3 py-1.5 font-medium text-indigo">
      What-if from seq {formatNumber(base.seq)} to {formatNumber(to)}. Runs in memory with the current code. Nothing is
      written, called or sent.{rest}
    </p>
  );
}

/** `[` and `]` move from message to message. `keys` are those of the rows, in order. */
function useStepKeys(keys: readonly string[], chosen: string, choose: (key: string) => void): void {
  const now = useRef({ keys, chosen, choose });
  now.current = { keys, chosen, choose };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const step = event.key === "[" ? -1 : event.key === "]" ? 1 : 0;
      if (step === 0 || !isForPage(event)) return;
      const { keys, chosen, choose } = now.current;
      const next = keys[keys.indexOf(chosen) + step];
      if (next === undefined) return;
      event.preventDefault();
      choose(next);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

const MAX_VALUE = 160;

/** The first difference between a what-if and the recorded history, with both values and a link. */
function FirstDivergence({ result: { first }, onOpen }: { result: WhatIf; onOpen: (seq: number) => void }) {
  if (first === null) {
    return (
      <p className="text-dim">
        <span className="text-emerald">✓</span> No difference from the recorded history.
      </p>
    );
  }
  const { seq, kind, path, recorded, actual } = first;
  return (
    <button
      type="button"
      onClick={() => onOpen(seq)}
      className="mono flex max-w-full flex-wrap gap-x-2 rounded text-left hover:bg-raised/60"
    >
      <span className="font-sans text-dim">First divergence at</span>
      <span>{formatNumber(seq)}</span>
      <span>
        {kind} <span className="text-dim">{formatPath(path)}</span>
      </span>
      <span className="break-words text-diff-gone">recorded {preview(recorded, MAX_VALUE)}</span>
      <span className="break-words text-diff">what-if {preview(actual, MAX_VALUE)}</span>
    </button>
  );
}
