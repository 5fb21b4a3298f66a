"use client";

import { useRouter } from "next/navigation";
import type { ActorDetail, TypeInfo } from "../../../../server/protocol/actors.ts";
import type { Result } from "../../../../server/protocol/errors.ts";
import { Button } from "../../../components/controls.tsx";
import { Empty, Problem } from "../../../components/states.tsx";
import { useRoom } from "../../../lib/use-room.ts";
import { ActorHeader } from "./actor-header.tsx";
import { Operations } from "./operations.tsx";
import { StatePanel } from "./state-panel.tsx";
import { useNewestState } from "./use-newest-state.ts";

/** One actor, live. `result` is what was known when the page was made; null for an actor that was never used. */
export function ActorView({
  info,
  segments,
  keyText,
  result,
}: {
  info: TypeInfo;
  segments: string[];
  keyText: string;
  result: Result<ActorDetail | null>;
}) {
  const router = useRouter();
  const { view, error } = useRoom({ kind: "actor", actor: { type: info.type, key: segments } }, 100);
  const first = result.ok ? result.value : null;
  const actor = view?.actor ?? first;
  const newest = useNewestState(actor, first, view);
  const failure = view === null && !result.ok ? result.error : error;
  return (
    <div className="flex flex-col gap-4">
      <ActorHeader
        info={info}
        segments={segments}
        keyText={keyText}
        actor={actor}
        isKnown={view !== null || result.ok}
      />
      {failure !== null && (
        <Problem
          title={actor === null ? `The actor could not be read: ${failure.code}` : `Not live: ${failure.code}`}
          action={<Button onClick={() => router.refresh()}>Try again</Button>}
        >
          {failure.message}
          {actor !== null && " What is shown is the last that was read."}
        </Problem>
      )}
      <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_360px]">
        {actor !== null && actor.revision > 0 ? (
          <StatePanel actor={actor} newest={newest} />
        ) : (
          <section aria-label="State" className="panel">
            {failure !== null && actor === null ? (
              <Empty title="The state is not known.">The store did not answer.</Empty>
            ) : (
              <Empty title="Nothing committed yet.">
                The first command that succeeds makes this actor and its state. It will appear here.
              </Empty>
            )}
          </section>
        )}
        <Operations info={info} keyText={keyText} />
      </div>
    </div>
  );
}
