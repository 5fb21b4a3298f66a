"use client";

import { type FormEvent, useId, useState } from "react";
import type { Json } from "../../../../../../server/protocol/journal.ts";
import type { EffectChoice } from "../../../../../../server/protocol/what-if.ts";
import { Button, Segments } from "../../../../../components/controls/controls.tsx";
import { inputClass } from "../../../../../components/controls/styles.ts";
import type { StepEffect } from "../../../../../history/what-if.ts";
import { EffectOutcome } from "../../journal/turn-facts.tsx";

type Answer = "recorded" | "given" | "failing";

/** Sets the outcome of one effect: its recorded result, a given value, or a failure. The effect never runs. */
export function EffectEditor({
  effect: { n, name, answer, source, recorded },
  onChoose,
}: {
  effect: StepEffect;
  onChoose: (choice: EffectChoice | null) => void;
}) {
  const id = useId();
  const [asked, setAsked] = useState<Answer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const chosen = asked ?? source ?? "given";
  const options: { value: Answer; label: string }[] = [
    ...(recorded === null ? [] : [{ value: "recorded" as const, label: "Recorded" }]),
    { value: "given", label: "Value" },
    { value: "failing", label: "Error" },
  ];
  const choose = (next: Answer) => {
    setAsked(next);
    setProblem(null);
    if (next === "recorded") onChoose(null);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("answer"));
    const choice = chosen === "failing" ? failing(n, text) : given(n, text);
    if (typeof choice === "string") return setProblem(choice);
    setProblem(null);
    onChoose(choice);
  };
  return (
    <form
      aria-label={`Effect ${name}`}
      onSubmit={submit}
      className="flex flex-col gap-1.5 rounded border border-line p-2"
    >
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="mono">{name}</span>
        <span className="text-dim">
          effect <span className="mono">#{n}</span>
        </span>
        {source !== null && <span className={source === "recorded" ? "text-dim" : "text-indigo"}>{source}</span>}
      </p>
      {source === null && (
        <p className="text-amber">
          ◷ No recorded result for effect {name}. Effects do not run in a what-if: enter a result or an error.
        </p>
      )}
      <Segments label={`Outcome of ${name}`} value={chosen} options={options} onChange={choose} />
      {chosen === "recorded" && recorded !== null && <EffectOutcome effect={recorded} label="Recorded result" />}
      {chosen !== "recorded" && (
        <>
          <label htmlFor={id} className="text-dim">
            {chosen === "given" ? "Result as JSON" : "Error message"}
          </label>
          <textarea
            key={chosen}
            id={id}
            name="answer"
            rows={2}
            spellCheck={false}
            required
            defaultValue={
              chosen === "given"
                ? JSON.stringify(resultOf(answer) ?? resultOf(recorded) ?? null, null, 2)
                : failureOf(answer)
            }
            aria-invalid={problem !== null}
            aria-describedby={`${id}p`}
            className={`${inputClass} mono h-auto! resize-y py-1`}
          />
          <p id={`${id}p`} role={problem === null ? undefined : "alert"} className="text-mini text-red empty:hidden">
            {problem}
          </p>
          <div className="flex justify-end">
            <Button type="submit">Apply</Button>
          </div>
        </>
      )}
    </form>
  );
}

function resultOf(effect: StepEffect["answer"]): Json | undefined {
  return effect !== null && "result" in effect ? effect.result : undefined;
}

function failureOf(answer: StepEffect["answer"]): string {
  return answer !== null && "error" in answer ? answer.error.message : "";
}

function given(n: number, text: string): EffectChoice | string {
  try {
    return { n, result: JSON.parse(text) as Json };
  } catch (error) {
    return (error as Error).message;
  }
}

function failing(n: number, message: string): EffectChoice | string {
  if (message.trim() === "") return "Enter an error message.";
  return { n, error: { name: "TerminalError", message } };
}
