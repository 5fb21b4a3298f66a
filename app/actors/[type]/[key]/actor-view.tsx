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
import { nothingTold } from "../../../live/frames.ts";
import { type RoomState, useRoom } from "../../../live/use-room.ts";
import type { ActorAddress } from "../../../read/read.ts";
import { ActorTabs } from "./actor-tabs.tsx";
import { ActorHeader } from "./header/actor-header.tsx";
import { JournalPanel } from "./journal/journal-panel.tsx";
import { MailboxPanel } from "./mailbox/mailbox-panel.tsx";
import { RemindersPanel } from "./mailbox/reminders-panel.tsx";
import { useMailbox } from "./mailbox/use-mailbox.ts";
import { Operations } from "./send/operations.tsx";
import { CheckpointsPanel } from "./state/checkpoints-panel.tsx";
import { newestState, StatePanel } from "./state/state-panel.tsx";
import { type Checkpoints, useCheckpoints } from "./state/use-checkpoints.ts";
import { TimelinePanel } from "./timeline/timeline-panel.tsx";
import { useActorAddress } from "./use-actor-address.ts";

/** What the page was made with: `result` is null for an actor that was never used. */
interface Made {
  info: TypeInfo;
  segments: string[];
  keyText: string;
  result: Result<ActorDetail | null>;
  checkpoints: readonly CheckpointInfo[];
  /** The first message of its mailbox, and how many there are. */
  mailbox: MailboxInfo | null;
  reminders: ReminderInfo[] | null;
  /** Whether it may be crashed on purpose. */
  allowsChaos: boolean;
}

/** One actor, live. When it is erased, what the page was made with holds no more. */
export function ActorView(made: Made) {
  const { info, segments, result } = made;
  const room = { kind: "actor", actor: { type: info.type, key: segments } } as const;
  const live = useRoom(room, 100, {
    view: result.ok ? { ...nothingTold, actor: result.value } : null,
    since: null,
  });
  const erasures = live.view?.erasures ?? 0;
  const known = erasures === 0 ? made : { ...made, ...nothingMade };
  return <Living key={erasures} {...known} live={live} />;
}

/** What a page would be made with now that its actor has been erased. */
const nothingMade = { result: { ok: true, value: null }, checkpoints: [], mailbox: null, reminders: null } as const;

function Living({
  info,
  segments,
  keyText,
  result,
  checkpoints: firstCheckpoints,
  mailbox: firstMailbox,
  reminders,
  allowsChaos,
  live: { view, error, joins },
}: Made & { live: RoomState<"actor"> }) {
  const router = useRouter();
  const address = { type: info.type, keyText };
  const first = result.ok ? result.value : null;
  const notCurrentSince = useNotCurrentSince();
  const downSince = view?.databaseDownSince ?? null;
  const faded = notCurrentSince === null && downSince === null ? "" : "opacity-60";
  const actor = view?.actor ?? first;
  const failure = view === null && !result.ok ? result.error : error;
  const isUsed = actor !== null && actor.head > 0;
  const told = view?.checkpoints ?? none;
  const recoveredAt = actor?.recovery?.at;
  const checkpointJoins = info.history && isUsed ? joins : 0;
  const checkpoints = useCheckpoints(address, firstCheckpoints, told, checkpointJoins, recoveredAt);
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
          Shown as it was: <NotLive since={notCurrentSince} />
        </p>
      )}
      {downSince !== null && failure === null && <DatabaseDown since={downSince} />}
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

/** What only an actor with a journal has, or with a history. */
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
  if (actor === null || actor.head === 0) {
    return { journal: nothing("Journal"), timeline: nothing("Timeline"), checkpoints: nothing("Checkpoints") };
  }
  const { seq: head, effect } = actor;
  if (head === 0) {
    return {
      journal: <Unkept label="Journal" />,
      timeline: <Unkept label="Timeline" />,
      checkpoints: <Unkept label="Checkpoints" />,
    };
  }
  return {
    journal: <JournalPanel address={address} tail={tail} head={head} retention={retention} />,
    timeline: <TimelinePanel address={address} tail={tail} head={head} effect={effect} />,
    checkpoints: <CheckpointsPanel {...checkpoints} persistence={actor.persistence} />,
  };
}

/** The actor has lived without a history so far. */
function Unkept({ label }: { label: string }) {
  return (
    <section aria-label={label} className="panel">
      <Empty title="Its history has not begun.">
        Its changes so far were made while the type kept no history. The next one is kept, and what it is now with it.
      </Empty>
    </section>
  );
}

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

/** Says that the database does not answer: what is shown is how things were, and nothing can become durable. */
function DatabaseDown({ since }: { since: string }) {
  const router = useRouter();
  return (
    <Problem title="The database does not answer." action={<Button onClick={() => router.refresh()}>Try again</Button>}>
      Since <At at={since} />, <Ago at={since} />. What is shown is how things were then; what is sent waits until it is
      back, which is noticed by itself.
    </Problem>
  );
}
