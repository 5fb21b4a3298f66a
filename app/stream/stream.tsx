"use client";

import { debounce, parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useState } from "react";
import type { ActivityKind } from "../../server/protocol/activity.ts";
import type { Room } from "../../server/protocol/stream.ts";
import { Button } from "../components/controls/controls.tsx";
import { FilterSelect } from "../components/controls/select.tsx";
import { Empty, FollowBar, LoadingRows, Problem } from "../components/controls/states.tsx";
import { inputClass } from "../components/controls/styles.ts";
import { eventKinds, KindBadge } from "../components/facts/event-kind.tsx";
import { NotLive, useNotCurrentSince } from "../components/shell/connection.tsx";
import { type StreamLive, unseen } from "../live/activity.ts";
import { useRoom } from "../live/use-room.ts";
import { formatCount } from "../words/format.ts";
import { EventList } from "./event-list.tsx";

/** The live stream of events, newest first. While it is paused or scrolled away from the newest, it only counts. */
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
  const newer = view === null ? 0 : unseen(view, frozen?.view ?? null);
  const freeze = (isHeld: boolean) => {
    if (view !== null)
      setFrozen((before) => ({ view: before?.view ?? view, isHeld: isHeld || (before?.isHeld ?? false) }));
  };
  return (
    <section aria-label="Stream" className="panel @container">
      <FollowBar
        follow={frozen === null ? "follows" : frozen.isHeld ? "paused" : "away"}
        resume={newer > 0 ? `${formatCount(newer, "new event")}` : "Resume"}
        isBehind={newer > 0}
        onPause={() => freeze(true)}
        onResume={() => setFrozen(null)}
      />
      {error !== null && (
        <div className="border-b border-line p-2">
          <Problem title={`Could not read the stream: ${error.code}`}>{error.message} Retrying automatically.</Problem>
        </div>
      )}
      {shown === null && error === null && <LoadingRows what="the stream" />}
      {shown !== null && shown.rows.length === 0 && <Nothing room={room} onClear={onClear} />}
      {shown !== null && shown.rows.length > 0 && (
        <>
          <EventList
            live={shown}
            isFrozen={frozen !== null}
            onAway={() => frozen === null && freeze(false)}
            onBack={() => frozen?.isHeld === false && setFrozen(null)}
          />
          <p className="flex flex-wrap gap-x-2 px-3 py-1.5 text-mini text-dim">
            <span>
              {formatCount(shown.rows.filter(({ kind }) => kind !== "hole").length, "event")} loaded
              {shown.isCut || shown.omitted > 0 ? ", older ones on the server" : ""}
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
  if (!isFiltered) return <Empty title="No events yet.">Send a command to an actor to see it here.</Empty>;
  return (
    <Empty title="No recent events.">
      <p className="mb-3">New events that match the filter appear here.</p>
      <Button onClick={onClear}>Clear filters</Button>
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

const parsers = {
  type: parseAsString,
  actor: parseAsString.withDefault(""),
  kind: parseAsArrayOf(parseAsStringLiteral(eventKinds)),
};

/** The delay after the last keystroke before another actor is watched, in milliseconds. */
const REST_MS = 250;

/** The filters in the address. `actor` is a key in text form. */
function useStreamAddress() {
  const [{ type, actor, kind }, set] = useQueryStates(parsers);
  return {
    type,
    actor,
    kinds: kind,
    showType: (chosen: string | null) => void set({ type: chosen, actor: null }),
    showActor: (keyText: string) =>
      void set({ actor: keyText === "" ? null : keyText }, { limitUrlUpdates: debounce(REST_MS) }),
    showKinds: (kinds: typeof kind) => void set({ kind: kinds }),
    clear: () => void set(null),
  };
}

type StreamAddress = ReturnType<typeof useStreamAddress>;

/** The kinds of the filter "failures". */
const failures: ActivityKind[] = ["attempt_failed", "retry", "dead_letter"];

function Filters({ address, types }: { address: StreamAddress; types: readonly string[] }) {
  const { type, actor, kinds } = address;
  const kindOptions = [
    { value: failures.join(), label: "✕ failures" },
    ...eventKinds.map((kind) => ({ value: kind as string, label: <KindBadge kind={kind} /> })),
  ];
  return (
    <search className="flex flex-wrap gap-2">
      <FilterSelect
        label="Type"
        any="Any type"
        value={type}
        options={types.map((value) => ({ value, label: value }))}
        onChange={address.showType}
      />
      {type !== null && (
        <input
          type="search"
          aria-label="Actor"
          placeholder="Key of one actor, as in its URL"
          value={actor}
          onChange={(event) => address.showActor(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          className={`${inputClass} mono max-w-80 min-w-48 flex-1`}
        />
      )}
      <FilterSelect
        label="Kind"
        any="Any kind"
        value={kinds === null ? null : kinds.join()}
        options={kindOptions}
        onChange={(chosen) => address.showKinds(chosen === null ? null : (chosen.split(",") as ActivityKind[]))}
      />
    </search>
  );
}
