import type { ActorType } from "../../core/define/define.ts";
import { migrate } from "../../core/define/migrate.ts";
import { formatPath } from "../../core/json/json.ts";
import { isoTime } from "../../core/time.ts";
import type { Log } from "../../process/log.ts";
import type { Recovery } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Mail } from "../ports/mail-rows.ts";
import type { Store } from "../ports/store.ts";
import type { Actor } from "./actor.ts";
import { type Recovered, recover, Unrecovered } from "./recovery.ts";

/** What was loaded of one actor, however its state is kept. */
export interface Loaded {
  id: ActorId;
  head: number;
  /** Of a durable state, the seq of its history's newest entry; 0 without one. */
  historySeq: number;
  /** Whether its newest entry, if there is one, does not tell of this state: changes were made that are not in entries. */
  isAhead: boolean;
  state: Json | undefined;
  version: number;
  turnTime: number;
  open: Recovered["head"]["open"];
  /** The message of the open turn, in the mailbox. */
  openMail: Mail | null;
  hasMail: boolean;
  /** How it was brought back from its journal; null where there is none. */
  recovery: Recovery | null;
}

/** Reads durable states: null where an actor is not in the store. @throws StoreUnavailable */
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
 * Brings actors back from their journals: null where one is not in the store, and why where its journal does not hold.
 * @throws StoreUnavailable
 */
export async function loadJournals(
  store: Store,
  actors: readonly Actor[],
  clock: Clock,
  log: Log,
): Promise<(Loaded | Unrecovered | null)[]> {
  const begun = clock.now();
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
    const recovery = { at: isoTime(ended), checkpoint, entries: head - checkpoint, ms: ended - begun, damaged };
    const openMail = openMails.get(id) ?? null;
    return { id, head, historySeq: 0, isAhead: false, state, version, turnTime, open, openMail, hasMail, recovery };
  });
}

/** A stored state as the code that runs now wants it, or why that cannot be. */
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

/** Why a state does not fit the code that runs now; null when it does. */
function misfit(definition: ActorType, state: Json): string | null {
  const result = definition.stateSchema["~standard"].validate(state);
  if (result instanceof Promise) return "cannot be checked: its schema is asynchronous";
  const issue = result.issues?.[0];
  if (issue === undefined) return null;
  const path = (issue.path ?? []).map((step) => (typeof step === "object" ? step.key : step));
  const where = formatPath(path.map((step) => (typeof step === "number" ? step : String(step))));
  return `does not fit the code that runs now: ${where} ${issue.message}`;
}
