"use client";

import Link from "next/link";
import { useEffect } from "react";
import type { ActorSummary, ActorsQuery, Page, TypeFacet } from "../../../server/protocol/actors.ts";
import { LIST_PAGE, MAX_COUNTED } from "../../../server/protocol/bounds.ts";
import type { Result } from "../../../server/protocol/errors.ts";
import type { Position, Room } from "../../../server/protocol/stream.ts";
import { Button, Pill } from "../../components/controls/controls.tsx";
import { AsOf, ServedPanel, useServed } from "../../components/controls/served.tsx";
import { Empty } from "../../components/controls/states.tsx";
import { buttonClass } from "../../components/controls/styles.ts";
import { type ActorsLive, nameOf } from "../../live/frames.ts";
import type { Start } from "../../live/stream.ts";
import { useRoom } from "../../live/use-room.ts";
import { formatCount, formatNumber } from "../../words/format.ts";
import { type KeyShape, OpenActor } from "../open-actor.tsx";
import { ActorsTable } from "./actors-table.tsx";
import { Filters, useListAddress } from "./filters.tsx";

type ListQuery = Partial<Pick<ActorsQuery, "q" | "type" | "status" | "sort" | "cursor">>;

/** A page of the list, and the stream's position when it was read. */
interface Loaded {
  query: ListQuery;
  page: Page<ActorSummary>;
  position: Position;
}

/**
 * The list of actors. Rows update live in place; only a read changes their order. If a read fails, the earlier rows stay,
 * with their time.
 */
export function ActorsList({
  query,
  result,
  facets,
  position,
  loadedAt,
  types,
}: {
  query: ListQuery;
  result: Result<Page<ActorSummary>>;
  facets: readonly TypeFacet[];
  position: Position;
  loadedAt: number;
  types: KeyShape[];
}) {
  const subject = JSON.stringify([query.q, query.type, query.status, query.sort]);
  const served = useServed(subject, result, loadedAt, (page): Loaded => ({ query, page, position }));
  const { loaded, reload, isLoading, isReachable } = served;
  const address = useListAddress(served.startTransition);
  const { view, error } = useRoom(roomOf(loaded), 250, startOf(loaded));
  const created = view?.created ?? 0;
  const showNewest = () => (query.cursor === undefined ? reload() : address.goTo(null));
  const isComplete = loaded === null || loaded.page.next === null || loaded.page.items.length >= LIST_PAGE;
  const nextSearch = isComplete || loaded.page.items.length > 0 ? null : loaded.page.next;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each page without results
  useEffect(() => {
    if (nextSearch !== null) address.continueSearch(nextSearch);
  }, [nextSearch]);
  const isFiltered = [query.q, query.type, query.status].some((filter) => filter !== undefined);

  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-3">
        <h1 className="flex-1 text-title font-medium">Actors</h1>
        {created > 0 && query.status === undefined && (
          <Pill onClick={showNewest}>
            ↑ {formatNumber(created)}
            {created >= MAX_COUNTED && "+"} new
          </Pill>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Link href="/open" className={buttonClass("quiet")}>
            Open a file
          </Link>
          <OpenActor types={types} />
        </div>
      </div>
      <Filters address={address} types={types.map(({ type }) => type)} facets={facets} isLoading={isLoading} />
      <ServedPanel served={served} what="the list" label="Actors">
        {({ page: { items } }) =>
          items.length === 0 ? (
            <NoActors isFiltered={isFiltered} isComplete={isComplete} onClear={address.clear} />
          ) : (
            <ActorsTable
              rows={items.map((row) => view?.actors.get(nameOf(row)) ?? row)}
              sort={address.sort}
              onSort={address.sortBy}
            />
          )
        }
      </ServedPanel>
      {loaded !== null && (loaded.page.items.length > 0 || !isComplete) && (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-dim">
          <p>
            {formatCount(loaded.page.items.length, "actor")}, {orders[query.sort ?? "-active"]},{" "}
            <AsOf served={served} />
            {!result.ok && <span className="text-red"> · ✕ refresh failed: {result.error.code}</span>}
            {error !== null && <span className="text-amber"> · not live: {error.message}</span>}
          </p>
          <div className="flex gap-2">
            <Button kind="quiet" onClick={reload} disabled={!isReachable}>
              Refresh
            </Button>
            {query.cursor !== undefined && (
              <Button kind="quiet" onClick={() => address.goTo(null)}>
                First page
              </Button>
            )}
            <Button disabled={!address.hasPrevious(query.cursor)} onClick={() => address.goToPrevious(query.cursor)}>
              Previous
            </Button>
            <Button
              disabled={loaded.page.next === null}
              onClick={() => address.goToNext(query.cursor, loaded.page.next)}
            >
              {isComplete ? "Next" : "Continue search"}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}

const orders: Record<ActorsQuery["sort"], string> = {
  "-active": "newest activity first",
  active: "oldest activity first",
  "-created": "newest first",
  created: "oldest first",
  key: "by key",
  "-key": "by key, descending",
};

/** `isComplete` is false if the search has not read all actors yet. */
function NoActors({
  isFiltered,
  isComplete,
  onClear,
}: {
  isFiltered: boolean;
  isComplete: boolean;
  onClear: () => void;
}) {
  if (!isComplete) {
    return (
      <Empty title="No match yet.">Too many keys match to search at once; the search continues automatically.</Empty>
    );
  }
  if (!isFiltered) {
    return <Empty title="No actors yet.">Open a key and send it a command; the first command creates the actor.</Empty>;
  }
  return (
    <Empty title="No matches.">
      <p className="mb-3">
        The search matches keys and ignores case. One or two letters match only at the start of a segment. A colon
        separates segments.
      </p>
      <Button onClick={onClear}>Clear filters</Button>
    </Empty>
  );
}

function roomOf(loaded: Loaded | null): Extract<Room, { kind: "actors" }> {
  const actors = loaded?.page.items.map(({ type, key }) => ({ type, key })) ?? [];
  const { type, q } = loaded?.query ?? {};
  return { kind: "actors", actors, type, q };
}

function startOf(loaded: Loaded | null): Start<ActorsLive> {
  if (loaded === null) return { view: null, since: null };
  const actors = new Map(loaded.page.items.map((row) => [nameOf(row), row]));
  return { view: { actors, created: 0 }, since: loaded.position };
}
