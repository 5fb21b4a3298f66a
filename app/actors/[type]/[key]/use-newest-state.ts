"use client";

import { useEffect, useState } from "react";
import type { ActorDetail, ActorState } from "../../../../server/protocol/actors.ts";
import type { ActorLive } from "../../../lib/frames.ts";
import { type ActorAddress, readJson } from "../../../lib/read.ts";

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
  { type, keyText }: ActorAddress,
  actor: ActorDetail | null,
  first: ActorDetail | null,
  view: ActorLive | null,
): NewestState {
  const [fetched, setFetched] = useState<NewestState>({ known: null, error: null });
  const wanted = actor?.head ?? 0;
  const streamed = view?.actor == null || view.stateHead === 0 ? null : stateOf(view.actor, view.stateHead);
  const rendered = first === null || first.state === null ? null : stateOf(first, first.head);
  const known = newer(newer(streamed, rendered), fetched.known);
  const isBehind = (known?.head ?? 0) < wanted;

  useEffect(() => {
    if (!isBehind) return;
    const abort = new AbortController();
    const read = () =>
      readJson<ActorState>({ type, keyText }, "state", abort.signal).then(
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
  }, [isBehind, type, keyText]);

  return { known, error: isBehind ? fetched.error : null };
}

function stateOf(actor: ActorDetail, head: number): ActorState {
  return { head, state: actor.state };
}

function newer(a: ActorState | null, b: ActorState | null): ActorState | null {
  if (a === null || b === null) return a ?? b;
  return a.head >= b.head ? a : b;
}
