"use client";

import Link from "next/link";
import { parseAsString, useQueryStates } from "nuqs";
import type { TransitionStartFunction } from "react";
import type { Page } from "../../../server/protocol/actors.ts";
import type { Result } from "../../../server/protocol/errors.ts";
import type { DeadLetterInfo, DeadLettersQuery, RedriveInfo } from "../../../server/protocol/mail.ts";
import { Button, Pill } from "../../components/controls/controls.tsx";
import { FilterSelect } from "../../components/controls/select.tsx";
import { AsOf, ServedPanel, useServed } from "../../components/controls/served.tsx";
import { Empty } from "../../components/controls/states.tsx";
import { buttonClass } from "../../components/controls/styles.ts";
import { useRoom } from "../../live/use-room.ts";
import { formatCount } from "../../words/format.ts";
import { isOpen } from "../job-state.tsx";
import { LettersList } from "./letters-list.tsx";
import { RedriveJob, useRedrive } from "./redrive-job.tsx";

type Query = Partial<Pick<DeadLettersQuery, "type" | "fingerprint" | "cursor">>;

/**
 * Dead letters, newest first, and how they are redriven. Rows do not change by themselves: a button announces changes and
 * reads them. If a read fails, the earlier rows stay, with their time.
 */
export function DeadLetters({
  query,
  result,
  dead,
  loadedAt,
  types,
  job,
}: {
  query: Query;
  result: Result<Page<DeadLetterInfo>>;
  dead: number;
  loadedAt: number;
  types: readonly string[];
  job: RedriveInfo | null;
}) {
  const subject = JSON.stringify([query.type, query.fingerprint, query.cursor]);
  const served = useServed(subject, result, loadedAt, (page) => ({ page, dead }));
  const { loaded, reload, isLoading } = served;
  const address = useLettersAddress(served.startTransition);
  const { view } = useRoom({ kind: "mail" }, 250, { view: null, since: null });
  const redrive = useRedrive(address.job, job, address.showJob, reload);
  const isBusy = redrive.isAsking || (redrive.job !== null && isOpen(redrive.job));
  const hasChanged = view !== null && loaded !== null && view.dead !== loaded.dead && !isBusy;
  const letters = loaded?.page.items ?? [];
  return (
    <div className="flex flex-col gap-3">
      <Heading group={query.fingerprint ?? null} title={letters[0]?.title ?? null} />
      <search className="flex flex-wrap items-center gap-2">
        <FilterSelect
          label="Type"
          any="Any type"
          value={address.type}
          options={types.map((type) => ({ value: type, label: type }))}
          onChange={(type) => address.filter({ type })}
        />
        <p role="status" className="flex-1 text-mini text-faint">
          {isLoading ? "Loading…" : ""}
        </p>
        {hasChanged && <Pill onClick={reload}>↻ {formatCount(view.dead, "dead letter")} now</Pill>}
      </search>
      <RedriveJob redrive={redrive} onClose={() => address.showJob(null)} />
      <ServedPanel served={served} what="the dead letters" label="Dead letters">
        {() =>
          letters.length === 0 ? (
            <NoLetters isFiltered={subject !== nothingAsked} />
          ) : (
            <LettersList
              key={subject}
              letters={letters}
              group={query.fingerprint ?? null}
              isBusy={isBusy}
              onRedrive={redrive.start}
            />
          )
        }
      </ServedPanel>
      {loaded !== null && (letters.length > 0 || query.cursor !== undefined) && (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-dim">
          <p>
            {formatCount(letters.length, "dead letter")}, newest first, <AsOf served={served} />
          </p>
          <div className="flex gap-2">
            <Button kind="quiet" onClick={reload} disabled={!served.isReachable}>
              Refresh
            </Button>
            <Button kind="quiet" disabled={query.cursor === undefined} onClick={() => address.goTo(null)}>
              First page
            </Button>
            <Button disabled={loaded.page.next === null} onClick={() => address.goTo(loaded.page.next)}>
              Next
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}

/** The group's error, and links. `title` is null if the list is empty. */
function Heading({ group, title }: { group: string | null; title: string | null }) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-80">
        <h1 className="text-title font-medium">{group === null ? "All dead letters" : "Dead letters of one cause"}</h1>
        {group !== null && <p className="mono mt-0.5 break-words text-red">{title ?? group}</p>}
      </div>
      <p className="flex gap-2">
        <Link href="/dead-letters" className={buttonClass("quiet")}>
          Groups
        </Link>
        {group !== null && (
          <Link href="/dead-letters/all" className={buttonClass("plain")}>
            All dead letters
          </Link>
        )}
      </p>
    </div>
  );
}

const nothingAsked = JSON.stringify([undefined, undefined, undefined]);

function NoLetters({ isFiltered }: { isFiltered: boolean }) {
  if (!isFiltered) {
    return (
      <Empty title="No dead letters.">
        A message that has failed the max number of times moves here with its error.
      </Empty>
    );
  }
  return (
    <Empty title="No matching dead letters.">
      <p className="mb-3">None has this type and group, or the page is past the end.</p>
      <Link href="/dead-letters/all" className={buttonClass("plain")}>
        Show all
      </Link>
    </Empty>
  );
}

const parsers = { type: parseAsString, cursor: parseAsString, job: parseAsString };

/** The list's filter and page and the open job in the address. Changing the filter goes to the first page. */
function useLettersAddress(startTransition: TransitionStartFunction) {
  const [{ type, job }, set] = useQueryStates(parsers, { shallow: false, startTransition });
  return {
    type,
    job,
    filter: (filters: { type: string | null }) => void set({ ...filters, cursor: null }, { history: "push" }),
    goTo: (cursor: string | null) => void set({ cursor }, { history: "push" }),
    showJob: (id: string | null) => void set({ job: id }, { shallow: true }),
  };
}
