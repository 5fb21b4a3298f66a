"use client";

import type { ReactNode } from "react";
import type { OperationInfo } from "../../../../../../server/protocol/actors.ts";
import type { Entry } from "../../../../../../server/protocol/journal.ts";
import type { Edit, WhatIf } from "../../../../../../server/protocol/what-if.ts";
import { Button, Fact, Facts } from "../../../../../components/controls/controls.tsx";
import { Problem } from "../../../../../components/controls/states.tsx";
import { ErrorText } from "../../../../../components/facts/message-facts.tsx";
import {
  editOf,
  effectsOf,
  type Line,
  restored,
  withChoice,
  withoutMessage,
  withPayload,
} from "../../../../../history/what-if.ts";
import { JsonValue } from "../../../../../tree/json-tree.tsx";
import { Sent } from "../../journal/turn-facts.tsx";
import { EffectEditor } from "./effect-editor.tsx";
import { PayloadEditor } from "./payload-editor.tsx";
import { outcomeLooks } from "./step-list.tsx";

/** One message of a what-if: its outcome, and how to edit it. */
export function StepDetail({
  result,
  line: { step, target, key },
  commands,
  edits,
  onEdit,
}: {
  result: WhatIf;
  line: Line;
  commands: readonly OperationInfo[];
  edits: readonly Edit[];
  onEdit: (edits: readonly Edit[]) => void;
}) {
  const { message, outcome, edit } = step;
  const command = commands.find(({ name }) => name === message.command);
  const { glyph, colour, word } = outcomeLooks[outcome];
  const isAdded = "added" in target;
  const isEdited = !isAdded && editOf(edits, target) !== undefined;
  const effects = effectsOf(result, step);
  const ending = result.entries.find(({ seq }) => seq === step.head);
  return (
    <>
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 border-b border-line px-3 py-1">
        <h2 className="mono font-medium">{message.command}</h2>
        <span className={colour}>
          <span aria-hidden>{glyph}</span> {word}
        </span>
        {(edit === "changed" || edit === "added") && (
          <span className="text-indigo">{edit === "changed" ? "edited" : edit}</span>
        )}
      </div>
      {ending !== undefined && hasRun(outcome) && <Outcome ending={ending} />}
      {effects.length > 0 && (
        <Part title="Effects">
          {effects.map((effect) => (
            <EffectEditor
              key={`${key} ${effect.n} ${effect.source}`}
              effect={effect}
              onChoose={(choice) => onEdit(withChoice(edits, target, effect.n, choice))}
            />
          ))}
        </Part>
      )}
      <Part title="Payload">
        {outcome === "skipped" || outcome === "done earlier" ? (
          <JsonValue label="Payload" value={message.payload} />
        ) : command === undefined ? (
          <Problem title="The type no longer has this command.">The message can only be skipped.</Problem>
        ) : (
          <PayloadEditor
            key={`${key} ${JSON.stringify(message.payload)}`}
            label={`Payload of ${message.command}`}
            command={command}
            first={message.payload}
            submit="Apply"
            onSubmit={(payload) => onEdit(withPayload(edits, target, payload))}
          />
        )}
      </Part>
      <div className="flex flex-wrap justify-end gap-2 border-t border-line p-2">
        {isEdited && <Button onClick={() => onEdit(restored(edits, target))}>Restore recorded</Button>}
        {edit !== "skipped" && (
          <Button onClick={() => onEdit(withoutMessage(edits, target))}>{isAdded ? "Remove" : "Skip"}</Button>
        )}
      </div>
    </>
  );
}

function hasRun(outcome: Line["step"]["outcome"]): boolean {
  return outcome === "done" || outcome === "rejected" || outcome === "threw";
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2 border-t border-line p-3 first-of-type:border-t-0">
      <h3 className="text-dim">{title}</h3>
      {children}
    </section>
  );
}

/** The outcome in the message's last entry of the what-if. */
function Outcome({ ending: { body } }: { ending: Entry }) {
  if (body.kind === "attempt_failed") {
    return (
      <Part title="Error">
        <ErrorText error={body.error} />
      </Part>
    );
  }
  if (body.kind !== "turn") return null;
  return (
    <Facts>
      <Fact name="Reply">
        <JsonValue label="Reply" value={body.reply} />
      </Fact>
      <Sent turn={body} />
    </Facts>
  );
}
