"use client";

import { useQueryState } from "nuqs";
import { type ReactNode, useId, useState } from "react";
import type { OperationInfo, TypeInfo } from "../../../../../server/protocol/actors.ts";
import { Button } from "../../../../components/controls/controls.tsx";
import { CaretIcon } from "../../../../components/controls/icons.tsx";
import { Problem } from "../../../../components/controls/states.tsx";
import { type Draft, dropDraft, useDraft } from "./draft.ts";
import { OperationForm } from "./operation-form.tsx";

type Kind = "command" | "query";

/** The commands and queries of an actor. */
export function Operations({ info, segments, keyText }: { info: TypeInfo; segments: string[]; keyText: string }) {
  const [first] = info.commands;
  const address = { type: info.type, segments, keyText };
  const draft = useDraft(address);
  const isKnown = draft === null || info.commands.some(({ name }) => name === draft.command);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {!isKnown && (
        <Problem title="Cannot resend." action={<Button onClick={dropDraft}>Discard</Button>}>
          {info.type} no longer has the command <span className="mono">{draft.command}</span>.
        </Problem>
      )}
      <Group
        kind="command"
        title="Commands"
        note="Replies once committed."
        operations={info.commands}
        firstOpen={first?.name ?? null}
        address={address}
        draft={draft}
      />
      {info.queries.length > 0 && (
        <Group
          kind="query"
          title="Queries"
          note="Read-only; wakes the actor."
          operations={info.queries}
          firstOpen={null}
          address={address}
          draft={null}
        />
      )}
    </div>
  );
}

/** Operations of one kind. At most one is open: the one in the address. Closed forms keep their input. */
function Group({
  kind,
  title,
  note,
  operations,
  firstOpen,
  address,
  draft,
}: {
  kind: Kind;
  title: string;
  note: string;
  operations: OperationInfo[];
  firstOpen: string | null;
  address: { type: string; segments: string[]; keyText: string };
  draft: Draft | null;
}) {
  const id = useId();
  const [asked, ask] = useQueryState(kind);
  const [seen, setSeen] = useState<string | null>(null);
  const [open, setOpen] = useState(firstOpen);
  if (asked !== seen) {
    setSeen(asked);
    if (asked !== null) setOpen(asked);
  }
  const [opened, setOpened] = useState<Draft | null>(null);
  if (draft !== opened) {
    setOpened(draft);
    if (draft !== null) setOpen(draft.command);
  }
  const toggle = (name: string) => {
    const next = name === open ? null : name;
    setOpen(next);
    void ask(next);
  };
  return (
    <section aria-labelledby={id} className="panel min-w-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 border-b border-line px-3 py-2">
        <h2 id={id} className="font-medium">
          {title}
        </h2>
        <p className="text-mini text-faint">{note}</p>
      </div>
      <div className="divide-y divide-line">
        {operations.map((operation) => (
          <Operation
            key={operation.name}
            name={operation.name}
            isOpen={operation.name === open}
            onToggle={() => toggle(operation.name)}
          >
            {(labelId) => {
              const own = draft?.command === operation.name ? draft : null;
              return <OperationForm key={own?.number} {...{ kind, operation, labelId, draft: own }} {...address} />;
            }}
          </Operation>
        ))}
      </div>
    </section>
  );
}

function Operation({
  name,
  isOpen,
  onToggle,
  children,
}: {
  name: string;
  isOpen: boolean;
  onToggle: () => void;
  /** The content, given the id of the operation's name. */
  children: (labelId: string) => ReactNode;
}) {
  const id = useId();
  const labelId = useId();
  return (
    <div>
      <h3>
        <button
          type="button"
          id={labelId}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={onToggle}
          className={`mono fade flex h-8 w-full items-center gap-1.5 px-2.5 hover:bg-raised/60 hover:text-ink focus-visible:-outline-offset-2 ${isOpen ? "text-ink" : "text-dim"}`}
        >
          <span aria-hidden className={`text-faint ${isOpen ? "rotate-90" : ""}`}>
            <CaretIcon />
          </span>
          {name}
        </button>
      </h3>
      <div id={id} hidden={!isOpen}>
        {children(labelId)}
      </div>
    </div>
  );
}
