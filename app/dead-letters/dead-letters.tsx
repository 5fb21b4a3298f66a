"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import type { Page } from "../../server/protocol/actors.ts";
import type { Result } from "../../server/protocol/errors.ts";
import type { DeadLetterInfo, DeadLettersQuery, RedriveInfo } from "../../server/protocol/mail.ts";
import { NotLive, useNotCurrentSince } from "../components/connection.tsx";
import { Button } from "../components/controls.tsx";
import { Empty, Problem } from "../components/states.tsx";
import { Ago, At } from "../components/time.tsx";
import { formatCount } from "../lib/format.ts";
import { useLastGood, useRetry } from "../lib/use-last-good.ts";
import { useConnection, useRoom } from "../lib/use-room.ts";
import { Filters } from "./filters.tsx";
import { LettersList } from "./letters-list.tsx";
import { RedriveJob } from "./redrive-job.tsx";
import { useLettersAddress } from "./use-letters-address.ts";
import { useRedrive } from "./use-redrive.ts";

type Query = Partial<Pick<DeadLettersQuery, "type" | "fingerprint" | "cursor">>;

/** A page that was read, when, and how many dead letters there were in all. */
interface Loaded {
  page: Page<DeadLetterInfo>;
  dead: number;
  at: number;
}

/**
 * Messages that were given up, the newest first, and how they are put back. Rows stand still: that there are others is
 * told, and they are read on demand. When a reading fails, the rows of the one before are kept and dated.
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
  const router = useRouter();
  const [isLoading, startTransition] = useTransition();
  const address = useLettersAddress(startTransition);
  const subject = JSON.stringify([query.type, query.fingerprint, query.cursor]);
  const loaded = useLastGood<Loaded>(subject, result.ok ? { page: result.value, dead, at: loadedAt } : null);
  const { view } = useRoom({ kind: "mail" }, 250, { view: null, since: null });
  const notCurrentSince = useNotCurrentSince();
  const isReachable = useConnection().status !== "lost";
  useRetry(!result.ok && isReachable);
  const reload = () => startTransition(() => router.refresh());
  const redrive = useRedrive(address.job, job, address.showJob, reload);
  const isBusy = redrive.isAsking || redrive.job?.state === "running";
  const hasChanged = view !== null && loaded !== null && view.dead !== loaded.dead && !isBusy;
  const letters = loaded?.page.items ?? [];
  return (
    <div className="flex flex-col gap-3">
      <h1 className="text-title font-medium">Dead letters</h1>
      <Filters address={address} types={types} title={letters[0]?.title ?? null} isLoading={isLoading} />
      <RedriveJob redrive={redrive} onClose={() => address.showJob(null)} />
      {!result.ok && (
        <Problem
          title={`The dead letters could not be read: ${result.error.code}`}
          action={
            <Button onClick={reload} disabled={!isReachable}>
              Try again
            </Button>
          }
        >
          <p>{result.error.message}</p>
          {loaded !== null && (
            <p>
              These are the rows of <At at={new Date(loaded.at).toISOString()} />.
            </p>
          )}
        </Problem>
      )}
      {hasChanged && (
        <button
          type="button"
          onClick={reload}
          className="fade self-center rounded-full border border-line-strong bg-raised px-3 py-0.5 font-medium hover:border-faint"
        >
          ↻ {formatCount(view.dead, "dead letter")} now
        </button>
      )}
      {loaded !== null && (
        <section
          aria-label="Dead letters"
          aria-busy={isLoading}
          className={`panel fade ${isLoading || notCurrentSince !== null ? "opacity-60" : ""}`}
        >
          {letters.length === 0 ? (
            <NoLetters isFiltered={subject !== nothingAsked} onClear={address.clear} />
          ) : (
            <LettersList
              key={subject}
              letters={letters}
              group={query.fingerprint ?? null}
              isBusy={isBusy}
              onRedrive={redrive.start}
            />
          )}
        </section>
      )}
      {loaded !== null && (letters.length > 0 || query.cursor !== undefined) && (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-dim">
          <p>
            {formatCount(letters.length, "letter")}, the newest first as of{" "}
            <Ago at={new Date(loaded.at).toISOString()} />
            {notCurrentSince !== null && (
              <>
                {" "}
                · <NotLive since={notCurrentSince} />
              </>
            )}
          </p>
          <div className="flex gap-2">
            <Button kind="quiet" onClick={reload} disabled={!isReachable}>
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

const nothingAsked = JSON.stringify([undefined, undefined, undefined]);

function NoLetters({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (!isFiltered) {
    return (
      <Empty title="No dead letter.">
        A message that fails as often as its type allows is given up, and kept here with its error.
      </Empty>
    );
  }
  return (
    <Empty title="No dead letter here.">
      <p className="mb-3">There is none of this type and group, or not so far back.</p>
      <Button onClick={onClear}>Show all</Button>
    </Empty>
  );
}
