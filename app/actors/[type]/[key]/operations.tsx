"use client";

import { type ReactNode, useId } from "react";
import type { OperationInfo, TypeInfo } from "../../../../server/protocol/actors.ts";
import { CaretIcon } from "../../../components/icons.tsx";
import { OperationForm } from "./operation-form.tsx";

/** What an actor can be sent: its commands, and apart from them the queries, since to ask one wakes it. */
export function Operations({ info, keyText }: { info: TypeInfo; keyText: string }) {
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Group title="Commands" note="Recorded, and answered once durable.">
        {info.commands.map((operation, i) => (
          <Operation
            key={operation.name}
            kind="command"
            operation={operation}
            isOpen={i === 0}
            info={info}
            keyText={keyText}
          />
        ))}
      </Group>
      {info.queries.length > 0 && (
        <Group title="Queries" note="Read only, but to answer one the actor is woken.">
          {info.queries.map((operation) => (
            <Operation
              key={operation.name}
              kind="query"
              operation={operation}
              isOpen={false}
              info={info}
              keyText={keyText}
            />
          ))}
        </Group>
      )}
    </div>
  );
}

function Group({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="panel min-w-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 border-b border-line px-3 py-2">
        <h2 id={id} className="font-medium">
          {title}
        </h2>
        <p className="text-mini text-faint">{note}</p>
      </div>
      <div className="divide-y divide-line">{children}</div>
    </section>
  );
}

function Operation({
  kind,
  operation,
  isOpen,
  info,
  keyText,
}: {
  kind: "command" | "query";
  operation: OperationInfo;
  isOpen: boolean;
  info: TypeInfo;
  keyText: string;
}) {
  return (
    <details name={kind} open={isOpen} className="group">
      <summary className="mono fade flex h-8 list-none items-center gap-1.5 px-2.5 text-dim group-open:text-ink hover:bg-raised/60 hover:text-ink focus-visible:-outline-offset-2">
        <span aria-hidden className="text-faint group-open:rotate-90">
          <CaretIcon />
        </span>
        {operation.name}
      </summary>
      <OperationForm kind={kind} operation={operation} type={info.type} keyText={keyText} />
    </details>
  );
}
