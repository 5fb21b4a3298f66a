"use client";

import { lazy, Suspense, useState } from "react";
import type { ActorDetail } from "../../../../../server/protocol/actors.ts";
import { Button } from "../../../../components/controls/controls.tsx";
import { useIntervention } from "./use-intervention.ts";

/** Loaded when it is asked for: few who look at an actor erase it. */
const EraseDialog = lazy(() => import("./erase-dialog.tsx").then((module) => ({ default: module.EraseDialog })));

/** What a person can do to an actor as a whole. `allowsChaos` says whether it may be crashed. */
export function ActorActions({ actor, allowsChaos }: { actor: ActorDetail; allowsChaos: boolean }) {
  const { isBusy, act } = useIntervention(actor);
  const [isErasing, setErasing] = useState(false);
  const { lifecycle, queued } = actor;
  const isLoaded = lifecycle === "active" || lifecycle === "processing" || lifecycle === "waiting";
  return (
    <div className="flex flex-wrap gap-1.5">
      <Button
        title="Lets it go from memory. The next message brings it back."
        disabled={isBusy || lifecycle !== "active" || queued > 0}
        onClick={() => act("passivate")}
      >
        Passivate
      </Button>
      {allowsChaos && (
        <Button
          title="Loses what memory alone has of it, as a crash would, to see it recover."
          disabled={isBusy || !isLoaded}
          onClick={() => act("crash")}
        >
          Crash it
        </Button>
      )}
      <Button aria-haspopup="dialog" disabled={isBusy} onClick={() => setErasing(true)}>
        Erase…
      </Button>
      {isErasing && (
        <Suspense>
          <EraseDialog actor={actor} onErase={() => act("erase")} onClose={() => setErasing(false)} />
        </Suspense>
      )}
    </div>
  );
}

/**
 * What a person can do about what holds an actor up: a message, or that it cannot be loaded. Nothing while that is being
 * tried once more.
 */
export function HeldUp({ actor, by }: { actor: ActorDetail; by: "message" | "loading" }) {
  const { isBusy, act } = useIntervention(actor);
  const isTried = actor.nextTry === null && actor.lifecycle !== "failed";
  return (
    <div className="flex flex-wrap gap-1.5">
      <Button disabled={isBusy || isTried} onClick={() => act("retry")}>
        Try again now
      </Button>
      {by === "message" && (
        <>
          <Button
            title="Gives the message up: it fails without another attempt, and leaves the mailbox."
            disabled={isBusy || isTried}
            onClick={() => act("skip")}
          >
            Skip the message
          </Button>
          <Button
            title="Gives the message up, and keeps it as a dead letter, from where it can be put back."
            disabled={isBusy || isTried}
            onClick={() => act("dead-letter")}
          >
            Make it a dead letter
          </Button>
        </>
      )}
    </div>
  );
}
