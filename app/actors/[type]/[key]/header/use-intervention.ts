"use client";

import { useState } from "react";
import { toast } from "sonner";
import type { Intervention } from "../../../../../server/protocol/actors.ts";
import { eraseActor, interveneIn } from "../../../../actions.ts";
import { type ActorAddress, unanswered } from "../../../../read/read.ts";

/** What was done, as it is told. */
const done: Record<Intervention | "erase", string> = {
  passivate: "Let go.",
  retry: "Tried again.",
  skip: "The message is given up.",
  "dead-letter": "The message is given up, and kept as a dead letter.",
  crash: "Crashed: it comes back from the store.",
  erase: "Erased, with all that was kept of it.",
};

/** Does to an actor what a person decided, and tells what came of it. `isBusy` until the server has answered. */
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
