"use client";

import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import type { ActorDetail, Retention, TypeInfo } from "../../../../server/protocol/actors.ts";
import type { Result } from "../../../../server/protocol/errors.ts";
import type { CheckpointInfo, Entry } from "../../../../server/protocol/journal.ts";
import type { MailboxInfo, ReminderInfo } from "../../../../server/protocol/mail.ts";
import { Button } from "../../../components/controls/controls.tsx";
import { Empty, Problem } from "../../../components/controls/states.tsx";
import { Ago, At } from "../../../components/facts/time.tsx";
import { NotLive, useNotCurrentSince } from "../../../components/shell/connection.tsx";
import { emptyActor } from "../../../live/frames.ts";
import { type RoomState, useRoom } from "../../../live/use-room.ts";
import type { ActorAddress } from "../../../read/read.ts";
import { ActorTabs } from "./actor-tabs.tsx";
import { ActorHeader } from "./header/actor-header.tsx";
import { JournalPanel } from "./journal/journal-panel.tsx";
import { MailboxPanel, RemindersPanel, useMailbox } from "./mailbox/mailbox-panel.tsx";
import { Operations } from "./send/operations.tsx";
import { CheckpointsPanel } from "./state/checkpoints-panel.tsx";
import { newestState, StatePanel } from "./state/state-panel.tsx";
import { type Checkpoints, useCheckpoints } from "./state/use-checkpoints.ts";
import { TimelinePanel } from "./timeline/timeline-panel.tsx";
import { useActorAddress } from "./use-actor-address.ts";

/** What the server rendered the page with. The value of `result` is null for an actor that was never used. */
interface Rendered {
  info: TypeInfo;
  segments: string[];
  keyText: string;
  result: Result<ActorDetail | null>;
  checkpoints: readonly CheckpointInfo[];
  /** The first message of its mailbox, and the number of messages. */
  mailbox: MailboxInfo | null;
  reminders: ReminderInfo[] | null;
  /** Whether the server allows simulated crashes. */
  allowsChaos: boolean;
}

/** One actor, live. After an erasure the rendered data is discarded. */
export function ActorView(rendered: Rendered) {
  const { info, segments, result } = rendered;
  const room = { kind: "actor", actor: { type: info.type, key: segments } } as const;
  const live = useRoom(room, 100, {
    view: result.ok ? { ...emptyActor, actor: result.value } : null,
    since: null,
  });
  const erasures = live.view?.erasures ?? 0;
  const known = erasures === 0 ? rendered : { ...rendered, ...erased };
  return <LiveActor key={erasures} {...known} live={live} />;
}

/** What the server renders for an erased actor. */
const erased = { result: { ok: true, value: null }, checkpoints: [], mailbox: null, reminders: null } as const;

function LiveActor({
  info,
  segments,
  keyText,
  result,
  checkpoints: firstCheckpoints,
  mailbox: firstMailbox,
  reminders,
  allowsChaos,
  live: { view, error, joins },
}: Rendered & { live: RoomState<"actor"> }) {
  const router = useRouter();
  const address = { type: info.type, keyText };
  const first = result.ok ? result.value : null;
  const notCurrentSince = useNotCurrentSince();
  const downSince = view?.databaseDownSince ?? null;
  const faded = notCurrentSince === null && downSince === null ? "" : "opacity-60";
  const actor = view?.actor ?? first;
  const failure = view === null && !result.ok ? result.error : error;
  const isUsed = actor !== null && actor.head > 0;
  const reported = view?.checkpoints ?? none;
  const recoveredAt = actor?.recovery?.at;
  const checkpointJoins = info.history && isUsed ? joins : 0;
  const checkpoints = useCheckpoints(address, firstCheckpoints, reported, checkpointJoins, recoveredAt);
  const { tab } = useActorAddress();
  const mailVersion = `${joins} ${view?.mailbox ?? 0}`;
  const mailbox = useMailbox(address, actor !== null, tab === "mailbox", mailVersion, firstMailbox);
  const depth = actor === null ? null : (mailbox.value?.depth ?? null);
  const nothing = (label: string) => <Nothing label={label} isUnknown={failure !== null && actor === null} />;
  const state = isUsed ? (
    <StatePanel address={address} actor={actor} known={newestState(actor, first, view)} />
  ) : (
    nothing("State")
  );
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
          depth={depth}
          allowsChaos={allowsChaos}
        />
      </div>
      {notCurrentSince !== null && actor !== null && (
        <p>
          Last known state, <NotLive since={notCurrentSince} />
        </p>
      )}
      {downSince !== null && failure === null && <DatabaseDown since={downSince} />}
      {failure !== null && (
        <Problem
          title={actor === null ? `Could not read the actor: ${failure.code}` : `Not live: ${failure.code}`}
          action={<Button onClick={() => router.refresh()}>Retry</Button>}
        >
          {failure.message}
        </Problem>
      )}
      <div className="grid items-start gap-3 lg:grid-cols-[minmax(0,1fr)_360px]">
        <div className={`fade min-w-0 ${faded}`}>
          <ActorTabs
            waiting={depth}
            panels={{
              state,
              ...(info.history &&
                journalPanels({
                  address,
                  actor,
                  tail: view?.tail ?? none,
                  checkpoints,
                  retention: info.retention,
                  nothing,
                })),
              mailbox:
                actor === null ? (
                  nothing("Mailbox")
                ) : (
                  <div className="flex flex-col gap-3">
                    <MailboxPanel mailbox={mailbox} address={address} />
                    <RemindersPanel address={address} version={`${mailVersion} ${actor.head}`} first={reminders} />
                  </div>
                ),
            }}
          />
        </div>
        <Operations info={info} segments={segments} keyText={keyText} />
      </div>
    </div>
  );
}

const none: readonly never[] = [];

/** The panels of an actor with a journal or a history. */
function journalPanels({
  address,
  actor,
  tail,
  checkpoints,
  retention,
  nothing,
}: {
  address: ActorAddress;
  actor: ActorDetail | null;
  tail: readonly Entry[];
  checkpoints: Checkpoints;
  retention: Retention;
  nothing: (label: string) => ReactNode;
}) {
  const all = (panel: (label: string) => ReactNode) => {
    return { journal: panel("Journal"), timeline: panel("Timeline"), checkpoints: panel("Checkpoints") };
  };
  if (actor === null || actor.head === 0) return all(nothing);
  const { seq: head, effect } = actor;
  if (head === 0) return all((label) => <NoHistoryYet label={label} />);
  return {
    journal: <JournalPanel address={address} tail={tail} head={head} retention={retention} />,
    timeline: <TimelinePanel address={address} tail={tail} head={head} effect={effect} />,
    checkpoints: <CheckpointsPanel {...checkpoints} persistence={actor.persistence} />,
  };
}

/** For an actor whose type had no history when its changes were made. */
function NoHistoryYet({ label }: { label: string }) {
  return (
    <section aria-label={label} className="panel">
      <Empty title="No history yet.">
        All changes so far were made before its type stored a history. The next change records the current state and
        starts the history.
      </Empty>
    </section>
  );
}

/** Nothing is committed yet; or nothing is known, because the store did not answer. */
function Nothing({ label, isUnknown }: { label: string; isUnknown: boolean }) {
  return (
    <section aria-label={label} className="panel">
      {isUnknown ? (
        <Empty title={`${label} unavailable.`}>The store did not answer.</Empty>
      ) : (
        <Empty title="Nothing committed yet.">The first command that succeeds creates this actor and its state.</Empty>
      )}
    </section>
  );
}

/** Says that the database does not answer: the page shows the last known state, and nothing can be committed. */
function DatabaseDown({ since }: { since: string }) {
  const router = useRouter();
  return (
    <Problem title="The database does not answer." action={<Button onClick={() => router.refresh()}>Retry</Button>}>
      Since <At at={since} />, <Ago at={since} />. This page shows the last known state. Messages wait until the
      database is back; the server reconnects automatically.
    </Problem>
  );
}
