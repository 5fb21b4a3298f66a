"use client";

import type { OperationInfo } from "../../../../../../server/protocol/actors.ts";
import type { Entry } from "../../../../../../server/protocol/journal.ts";
import type { Edit, WhatIf } from "../../../../../../server/protocol/what-if.ts";
import { Button } from "../../../../../components/controls.tsx";
import { Fact, Facts } from "../../../../../components/facts.tsx";
import { JsonValue } from "../../../../../components/json-value.tsx";
import { ErrorText } from "../../../../../components/recorded-error.tsx";
import { Problem } from "../../../../../components/states.tsx";
import {
  editOf,
  effectsOf,
  type Line,
  restored,
  withChoice,
  withoutMessage,
  withPayload,
} from "../../../../../lib/what-if.ts";
import { Sent } from "../../journal/sent.tsx";
import { EffectEditor } from "./effect-editor.tsx";
import { outcomeLooks } from "./outcomes.tsx";
import { PayloadEditor } from "./payload-editor.tsx";

/** One message of a what-if: what came of it, and what can be done to it. */
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
  const ending = result.entries.find(({ seq }) => seq === step.head);
  return (
    <>
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 border-b border-line px-3 py-1">
        <h2 className="mono font-medium">{message.command}</h2>
        <span className={colour}>
          <span aria-hidden>{glyph}</span> {word}
        </span>
        {edit !== "none" && <span className="text-indigo">{edit}</span>}
      </div>
      <Facts>
        {(outcome === "done" || outcome === "rejected" || outcome === "threw") && ending !== undefined && (
          <Outcome ending={ending} />
        )}
        {effectsOf(result, step).map((effect) => (
          <Fact key={`${key} ${effect.n}`} name={effect.n === 0 ? "Effects" : ""}>
            <EffectEditor
              key={`${key} ${effect.n} ${effect.source}`}
              effect={effect}
              onChoose={(choice) => onEdit(withChoice(edits, target, effect.n, choice))}
            />
          </Fact>
        ))}
        <Fact name="Payload">
          {outcome === "left out" || outcome === "over before" ? (
            <JsonValue label="Payload" value={message.payload} />
          ) : command === undefined ? (
            <Problem title="The command is gone.">No form can be made for it; it can be left out.</Problem>
          ) : (
            <PayloadEditor
              key={`${key} ${JSON.stringify(message.payload)}`}
              label={`Payload of ${message.command}`}
              command={command}
              first={message.payload}
              submit="Change it"
              onSubmit={(payload) => onEdit(withPayload(edits, target, payload))}
            />
          )}
        </Fact>
      </Facts>
      <div className="flex flex-wrap justify-end gap-2 border-t border-line p-2">
        {isEdited && <Button onClick={() => onEdit(restored(edits, target))}>As it is recorded</Button>}
        {edit !== "left out" && (
          <Button onClick={() => onEdit(withoutMessage(edits, target))}>
            {isAdded ? "Take it away" : "Leave it out"}
          </Button>
        )}
      </div>
    </>
  );
}

function Outcome({ ending: { body } }: { ending: Entry }) {
  if (body.kind === "attempt_failed") {
    return (
      <Fact name="Error">
        <ErrorText error={body.error} />
      </Fact>
    );
  }
  if (body.kind !== "turn") return null;
  return (
    <>
      <Fact name="Reply">
        <JsonValue label="Reply" value={body.reply} />
      </Fact>
      <Sent turn={body} />
    </>
  );
}
