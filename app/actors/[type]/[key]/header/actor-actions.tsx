"use client";

import { lazy, Suspense, useState } from "react";
import { toast } from "sonner";
import type { ActorDetail, Intervention } from "../../../../../server/protocol/actors.ts";
import { eraseActor, interveneIn } from "../../../../actions.ts";
import { Button } from "../../../../components/controls/controls.tsx";
import { type ActorAddress, unanswered } from "../../../../read/read.ts";

/** Loaded on demand. */
const EraseDialog = lazy(() => import("./erase-dialog.tsx").then((module) => ({ default: module.EraseDialog })));

/** Passivate, crash, erase. `allowsChaos` says whether the server allows simulated crashes. */
export function ActorActions({ actor, allowsChaos }: { actor: ActorDetail; allowsChaos: boolean }) {
  const { isBusy, act } = useIntervention(actor);
  const [isErasing, setErasing] = useState(false);
  const { lifecycle, queued } = actor;
  const isLoaded = lifecycle === "active" || lifecycle === "processing" || lifecycle === "waiting";
  return (
    <div className="flex flex-wrap gap-1.5">
      <Button
        title="Removes it from memory. The next message activates it again."
        disabled={isBusy || lifecycle !== "active" || queued > 0}
        onClick={() => act("passivate")}
      >
        Passivate
      </Button>
      {allowsChaos && (
        <Button
          title="Drops its state in memory without saving, as a crash would, and lets it recover."
          disabled={isBusy || !isLoaded}
          onClick={() => act("crash")}
        >
          Simulate crash
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

/** Actions for an actor that is blocked by a failing message or cannot be loaded. Disabled while a retry runs. */
export function HeldUp({ actor, by }: { actor: ActorDetail; by: "message" | "loading" }) {
  const { isBusy, act } = useIntervention(actor);
  const isTried = actor.nextTry === null && actor.lifecycle !== "failed";
  return (
    <div className="flex flex-wrap gap-1.5">
      <Button disabled={isBusy || isTried} onClick={() => act("retry")}>
        Retry now
      </Button>
      {by === "message" && (
        <>
          <Button
            title="Removes the message from the mailbox without another attempt."
            disabled={isBusy || isTried}
            onClick={() => act("skip")}
          >
            Skip message
          </Button>
          <Button
            title="Moves the message to the dead letters, from where it can be redriven."
            disabled={isBusy || isTried}
            onClick={() => act("dead-letter")}
          >
            Move to dead letters
          </Button>
        </>
      )}
    </div>
  );
}

/** The toast after each action. */
const done: Record<Intervention | "erase", string> = {
  passivate: "Passivated.",
  retry: "Retried.",
  skip: "Message skipped.",
  "dead-letter": "Message moved to the dead letters.",
  crash: "Crashed. It recovers from the store.",
  erase: "Erased permanently.",
};

/** Runs an action on an actor and shows the outcome as a toast. `isBusy` until the server has answered. */
function useIntervention({ type, keyText }: ActorAddress): {
  isBusy: boolean;
  act: (what: Intervention | "erase") => Promise<void>;
} {
  const [isBusy, setBusy] = useState(false);
  const act = async (what: Intervention | "erase") => {
    setBusy(true);
    const result = await (what === "erase"
      ? eraseActor({ type, keyText })
      : interveneIn({ type, keyText, what })
    ).catch(unanswered);
    setBusy(false);
    if (result.ok) toast(done[what]);
    else toast.error(result.error.message);
  };
  return { isBusy, act };
}
