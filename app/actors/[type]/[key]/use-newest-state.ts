"use client";

import { useEffect, useState } from "react";
import type { ActorDetail, ActorState } from "../../../../server/protocol/actors.ts";
import type { ErrorBody } from "../../../../server/protocol/errors.ts";
import type { ActorLive } from "../../../lib/frames.ts";

/** The least time between two readings of a large state, in milliseconds. */
const INTERVAL_MS = 1000;

/** The newest state that is here, and why a newer one could not be had. */
export interface NewestState {
  known: ActorState | null;
  error: string | null;
}

/**
 * The newest state of an actor: from the stream, or from the page itself; one that is too large for both is fetched,
 * at most once a second.
 */
export function useNewestState(
  actor: ActorDetail | null,
  first: ActorDetail | null,
  view: ActorLive | null,
): NewestState {
  const [fetched, setFetched] = useState<NewestState>({ known: null, error: null });
  const wanted = actor?.revision ?? 0;
  const streamed = view?.actor == null || view.stateRevision === 0 ? null : stateOf(view.actor, view.stateRevision);
  const rendered = first === null || first.state === null ? null : stateOf(first, first.revision);
  const known = newer(newer(streamed, rendered), fetched.known);
  const isBehind = (known?.revision ?? 0) < wanted;
  const address = actor === null ? null : `/api/actors/${actor.type}/${actor.keyText}/state`;

  useEffect(() => {
    if (!isBehind || address === null) return;
    const abort = new AbortController();
    const read = () =>
      readState(address, abort.signal).then(
        (state) => setFetched({ known: state, error: null }),
        (error: Error) => {
          if (!abort.signal.aborted) setFetched((before) => ({ known: before.known, error: error.message }));
        },
      );
    void read();
    const timer = setInterval(read, INTERVAL_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [isBehind, address]);

  return { known, error: isBehind ? fetched.error : null };
}

async function readState(address: string, signal: AbortSignal): Promise<ActorState> {
  const response = await fetch(address, { signal });
  const body = (await response.json()) as ActorState | { error: ErrorBody };
  if ("error" in body) throw new Error(body.error.message);
  return body;
}

function stateOf(actor: ActorDetail, revision: number): ActorState {
  return { revision, state: actor.state };
}

function newer(a: ActorState | null, b: ActorState | null): ActorState | null {
  if (a === null || b === null) return a ?? b;
  return a.revision >= b.revision ? a : b;
}
