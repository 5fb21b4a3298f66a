"use client";

import { useState } from "react";
import type { Room } from "../../server/protocol/stream.ts";
import { Button } from "../components/controls/controls.tsx";
import { Empty, FollowBar, LoadingRows, Problem } from "../components/controls/states.tsx";
import { NotLive, useNotCurrentSince } from "../components/shell/connection.tsx";
import { type StreamLive, unseen } from "../live/activity.ts";
import { useRoom } from "../live/use-room.ts";
import { formatCount, formatNumber } from "../words/format.ts";
import { EventsList } from "./events-list.tsx";
import { Filters } from "./filters.tsx";
import { type StreamAddress, useStreamAddress } from "./use-stream-address.ts";

/** Everything that happens, the newest first; paused, or scrolled away from the newest, it stands still and counts. */
export function Stream({ types }: { types: readonly string[] }) {
  const address = useStreamAddress();
  const room = roomOf(address);
  return (
    <div className="flex flex-col gap-3">
      <h1 className="text-title font-medium">Stream</h1>
      <Filters address={address} types={types} />
      <Watched key={JSON.stringify(room)} room={room} onClear={address.clear} />
    </div>
  );
}

function Watched({ room, onClear }: { room: Extract<Room, { kind: "stream" }>; onClear: () => void }) {
  const { view, error } = useRoom(room, 250, { view: null, since: null });
  const [frozen, setFrozen] = useState<{ view: StreamLive; isHeld: boolean } | null>(null);
  const notCurrentSince = useNotCurrentSince();
  const shown = frozen?.view ?? view;
  const came = view === null ? 0 : unseen(view, frozen?.view ?? null);
  const freeze = (isHeld: boolean) => {
    if (view !== null)
      setFrozen((before) => ({ view: before?.view ?? view, isHeld: isHeld || (before?.isHeld ?? false) }));
  };
  return (
    <section aria-label="What happens" className="panel @container">
      <FollowBar
        follow={frozen === null ? "follows" : frozen.isHeld ? "paused" : "away"}
        resume={came > 0 ? `${formatCount(came, "event")} since` : "Resume"}
        isBehind={came > 0}
        onPause={() => freeze(true)}
        onResume={() => setFrozen(null)}
      />
      {error !== null && (
        <div className="border-b border-line p-2">
          <Problem title={`The stream could not be read: ${error.code}`}>
            {error.message} It is tried again by itself.
          </Problem>
        </div>
      )}
      {shown === null && error === null && <LoadingRows what="what has happened" />}
      {shown !== null && shown.rows.length === 0 && <Nothing room={room} onClear={onClear} />}
      {shown !== null && shown.rows.length > 0 && (
        <>
          <EventsList
            live={shown}
            isFrozen={frozen !== null}
            onAway={() => frozen === null && freeze(false)}
            onBack={() => frozen?.isHeld === false && setFrozen(null)}
          />
          <p className="flex flex-wrap gap-x-2 px-3 py-1.5 text-mini text-dim">
            <span>
              {formatNumber(shown.rows.filter(({ kind }) => kind !== "hole").length)} here
              {shown.isCut || shown.omitted > 0 ? ", older on server" : ""}
            </span>
            {notCurrentSince !== null && <NotLive since={notCurrentSince} />}
          </p>
        </>
      )}
    </section>
  );
}

function Nothing({ room, onClear }: { room: Extract<Room, { kind: "stream" }>; onClear: () => void }) {
  const isFiltered = room.type !== undefined || room.kinds !== undefined;
  if (!isFiltered) return <Empty title="Nothing has happened yet.">Send an actor a command, and it is here.</Empty>;
  return (
    <Empty title="Nothing of this has happened lately.">
      <p className="mb-3">It appears here when it does.</p>
      <Button onClick={onClear}>Show everything</Button>
    </Empty>
  );
}

function roomOf({ type, actor, kinds }: StreamAddress): Extract<Room, { kind: "stream" }> {
  return {
    kind: "stream",
    ...(type === null ? {} : { type }),
    ...(type === null || actor === "" ? {} : { keyText: actor }),
    ...(kinds === null ? {} : { kinds }),
  };
}
