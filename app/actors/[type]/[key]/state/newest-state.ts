import type { ActorDetail, ActorState } from "../../../../../server/protocol/actors.ts";
import { MAX_STREAMED_STATE } from "../../../../../server/protocol/bounds.ts";
import type { ActorLive } from "../../../../live/frames.ts";

/** Whether a state is too large to be sent with the page or the stream. */
export function isLarge({ stateBytes }: ActorDetail): boolean {
  return stateBytes > MAX_STREAMED_STATE;
}

/** The newest state of an actor that is here: from the stream, or from the page itself. Null for a large one. */
export function newestState(actor: ActorDetail, first: ActorDetail | null, view: ActorLive | null): ActorState | null {
  if (isLarge(actor)) return null;
  const streamed = view?.actor == null || view.stateHead === 0 ? null : stateOf(view.actor, view.stateHead);
  const rendered = first === null || first.state === null ? null : stateOf(first, first.head);
  if (streamed === null || rendered === null) return streamed ?? rendered;
  return streamed.head >= rendered.head ? streamed : rendered;
}

function stateOf({ state }: ActorDetail, head: number): ActorState {
  return { head, state };
}
