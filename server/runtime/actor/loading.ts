import { type ActorType, migrate } from "../../core/define/define.ts";
import { formatPath } from "../../core/json/json.ts";
import { isoTime } from "../../core/time.ts";
import type { Log } from "../../process/log.ts";
import type { Json, Recovery } from "../../protocol/journal.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Mail } from "../ports/mail-rows.ts";
import type { Store } from "../ports/store.ts";
import type { Actor, RestoredState } from "./actor.ts";
import { type Recovered, recover, Unrecovered } from "./recovery.ts";

/** What was loaded of one actor. */
export interface Loaded extends RestoredState {
  id: ActorId;
  /** The turn that a crash interrupted, and its message in the mailbox. */
  open: Recovered["head"]["open"];
  openMail: Mail | null;
  hasMail: boolean;
  /** How it was recovered from its journal; null without one. */
  recovery: Recovery | null;
}

/** Reads durable states; null for an actor that is not in the store. @throws StoreUnavailable */
export async function loadStates(store: Store, actors: readonly Actor[]): Promise<(Loaded | null)[]> {
  const found = await store.load(
    actors.map(({ type, keyText, definition: { history } }) => ({ type, keyText, history })),
  );
  return found.map((one) => {
    if (one === null) return null;
    const { id, revision, version, updatedAt, newest, hasMail } = one;
    const state = revision === 0 ? undefined : one.state;
    const history = { historySeq: newest?.seq ?? 0, isAhead: revision !== (newest?.revision ?? 0) };
    const journal = { open: null, openMail: null, recovery: null };
    return { id, head: revision, ...history, state, version, turnTime: updatedAt, hasMail, ...journal };
  });
}

/**
 * Recovers actors from their journals; null for an actor that is not in the store, the reason when its journal is damaged.
 * @throws StoreUnavailable
 */
export async function loadJournals(
  store: Store,
  actors: readonly Actor[],
  clock: Clock,
  log: Log,
): Promise<(Loaded | Unrecovered | null)[]> {
  const startedAt = clock.now();
  const found = await recover(store, actors, log);
  const ended = clock.now();
  const open = found.flatMap((one) => {
    if (one === null || one instanceof Unrecovered || one.head.open === null) return [];
    return [{ id: one.id, messageId: one.head.open.message.id }];
  });
  const mails = open.length === 0 ? [] : await store.mails(open);
  const openMails = new Map(open.map(({ id }, i) => [id, mails[i] ?? null]));
  return found.map((one): Loaded | Unrecovered | null => {
    if (one === null || one instanceof Unrecovered) return one;
    const { seq: head, state, version, turnTime, open } = one.head;
    const { id, from: checkpoint, damaged, hasMail } = one;
    const recovery = { at: isoTime(ended), checkpoint, entries: head - checkpoint, ms: ended - startedAt, damaged };
    const openMail = openMails.get(id) ?? null;
    return { id, head, historySeq: 0, isAhead: false, state, version, turnTime, open, openMail, hasMail, recovery };
  });
}

/** A stored state in the version of the running code; or the problem that prevents it. */
export function admitState(
  definition: ActorType,
  { state, version, head }: Loaded,
): { state: Json } | { problem: string } {
  try {
    const newest = migrate(definition, state as Json, version);
    const problem = misfit(definition, newest);
    return problem === null ? { state: newest } : { problem: `its state at ${head} ${problem}` };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Why a state does not match the running code's schema; null when it does. */
function misfit(definition: ActorType, state: Json): string | null {
  const result = definition.stateSchema["~standard"].validate(state);
  if (result instanceof Promise) return "cannot be checked: its schema is asynchronous";
  const issue = result.issues?.[0];
  if (issue === undefined) return null;
  const path = (issue.path ?? []).map((step) => (typeof step === "object" ? step.key : step));
  const where = formatPath(path.map((step) => (typeof step === "number" ? step : String(step))));
  return `does not match the running code: ${where} ${issue.message}`;
}
