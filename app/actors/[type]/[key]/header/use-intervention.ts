"use client";

import { useState } from "react";
import { toast } from "sonner";
import type { Intervention } from "../../../../../server/protocol/actors.ts";
import { eraseActor, interveneIn } from "../../../../actions.ts";
import { type ActorAddress, unanswered } from "../../../../read/read.ts";

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
export function useIntervention({ type, keyText }: ActorAddress): {
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
