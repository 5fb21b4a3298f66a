"use client";

import { useRouter } from "next/navigation";
import type { ActorDetail, TypeInfo } from "../../../../server/protocol/actors.ts";
import type { Result } from "../../../../server/protocol/errors.ts";
import type { CheckpointInfo } from "../../../../server/protocol/journal.ts";
import { NotLive, useNotCurrentSince } from "../../../components/connection.tsx";
import { Button } from "../../../components/controls.tsx";
import { Empty, Problem } from "../../../components/states.tsx";
import { useRoom } from "../../../lib/use-room.ts";
import { ActorHeader } from "./actor-header.tsx";
import { ActorTabs } from "./actor-tabs.tsx";
import { CheckpointsPanel } from "./checkpoints-panel.tsx";
import { JournalPanel } from "./journal/journal-panel.tsx";
import { Operations } from "./operations.tsx";
import { StatePanel } from "./state-panel.tsx";
import { useCheckpoints } from "./use-checkpoints.ts";
import { useNewestState } from "./use-newest-state.ts";

/**
 * One actor, live. `result` is what was known when the page was made, null for an actor that was never used; and
 * `checkpoints` are those of then, of one that keeps a journal.
 */
export function ActorView({
  info,
  segments,
  keyText,
  result,
  checkpoints: firstCheckpoints,
}: {
  info: TypeInfo;
  segments: string[];
  keyText: string;
  result: Result<ActorDetail | null>;
  checkpoints: CheckpointInfo[];
}) {
  const router = useRouter();
  const address = { type: info.type, keyText };
  const first = result.ok ? result.value : null;
  const room = { kind: "actor", actor: { type: info.type, key: segments } } as const;
  const { view, error, joins } = useRoom(room, 100, {
    view: result.ok ? { ...nothingTold, actor: first } : null,
    since: null,
  });
  const notCurrentSince = useNotCurrentSince();
  const faded = notCurrentSince === null ? "" : "opacity-60";
  const actor = view?.actor ?? first;
  const newest = useNewestState(address, actor, first, view);
  const failure = view === null && !result.ok ? result.error : error;
  const hasJournal = info.persistence === "journal";
  const isUsed = actor !== null && actor.head > 0;
  const told = view?.checkpoints ?? none;
  const recoveredAt = actor?.recovery?.at;
  const checkpoints = useCheckpoints(address, firstCheckpoints, told, hasJournal && isUsed ? joins : 0, recoveredAt);
  const nothing = (label: string) => <Nothing label={label} isUnknown={failure !== null && actor === null} />;
  const state = isUsed ? <StatePanel actor={actor} newest={newest} /> : nothing("State");
  return (
    <div className="flex flex-col gap-4">
      <div className={`fade ${faded}`}>
        <ActorHeader
          info={info}
          segments={segments}
          keyText={keyText}
          actor={actor}
          isKnown={view !== null || result.ok}
          checkpoint={checkpoints.list.find(({ damaged }) => !damaged)?.seq ?? null}
        />
      </div>
      {notCurrentSince !== null && actor !== null && (
        <p>
          Shown as it was: <NotLive since={notCurrentSince} />
        </p>
      )}
      {failure !== null && (
        <Problem
          title={actor === null ? `The actor could not be read: ${failure.code}` : `Not live: ${failure.code}`}
          action={<Button onClick={() => router.refresh()}>Try again</Button>}
        >
          {failure.message}
        </Problem>
      )}
      <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_360px]">
        <div className={`fade min-w-0 ${faded}`}>
          {hasJournal ? (
            <ActorTabs
              panels={{
                state,
                journal: isUsed ? (
                  <JournalPanel address={address} tail={view?.tail ?? none} head={actor.head} />
                ) : (
                  nothing("Journal")
                ),
                checkpoints: isUsed ? <CheckpointsPanel {...checkpoints} /> : nothing("Checkpoints"),
              }}
            />
          ) : (
            state
          )}
        </div>
        <Operations info={info} keyText={keyText} />
      </div>
    </div>
  );
}

const none: readonly never[] = [];
const nothingTold = { stateHead: 0, tail: none, checkpoints: none };

/** There is nothing of the actor yet; or nothing is known, since the store did not answer. */
function Nothing({ label, isUnknown }: { label: string; isUnknown: boolean }) {
  return (
    <section aria-label={label} className="panel">
      {isUnknown ? (
        <Empty title={`The ${label.toLowerCase()} ${label.endsWith("s") ? "are" : "is"} not known.`}>
          The store did not answer.
        </Empty>
      ) : (
        <Empty title="Nothing committed yet.">
          The first command that succeeds makes this actor and its state. It will appear here.
        </Empty>
      )}
    </section>
  );
}
