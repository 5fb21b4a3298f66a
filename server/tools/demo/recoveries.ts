import type { ActorType } from "../../core/define/define.ts";
import { initialState, namedKey, runTurn } from "../../core/turn/turn.ts";
import type { Log } from "../../process/log.ts";
import type { OpenTurn } from "../../protocol/fold.ts";
import type { Entry, Json } from "../../protocol/journal.ts";
import { recover } from "../../runtime/actor/recovery.ts";
import type { ActorId, Address } from "../../runtime/ports/ids.ts";
import type { Store } from "../../runtime/ports/store.ts";

/** Entries read by one statement. */
const PAGE = 5_000;
/** How often each recovery is measured; an odd number. */
export const RUNS = 5;

/** A recovery of an actor from the store. */
export interface Recovery {
  state: Json | undefined;
  /** The seq of the checkpoint that it started from; 0 without one. */
  checkpoint: number;
  /** How many entries were read. */
  entries: number;
  /** The median duration of several runs. */
  ms: number;
}

/** Recovers an actor as the runtime does: from its newest checkpoint and the entries after it. */
export function fromCheckpoint(store: Store, address: Address, log: Log): Promise<Recovery> {
  return median(() => recovered(store, address, log));
}

/** Recovers an actor as the runtime would without checkpoints: from its first entry. */
export function byFolding(store: Store, address: Address, log: Log): Promise<Recovery> {
  const withoutCheckpoints: Store = {
    ...store,
    loadJournals: async (addresses) =>
      (await store.loadJournals(addresses)).map((journal) => journal && { ...journal, checkpoint: null }),
  };
  return median(() => recovered(withoutCheckpoints, address, log));
}

/** Rebuilds an actor's state as a system without recorded changes must: by running the handler of every message. */
export function byHandlers(store: Store, address: Address, type: ActorType, key: readonly string[]): Promise<Recovery> {
  return median(async () => {
    const entries = await readJournal(store, address);
    return { state: rerun(type, key, entries), checkpoint: 0, entries: entries.length };
  });
}

/** Reads the whole journal of a stored actor. */
export async function readJournal(store: Store, address: Address): Promise<Entry[]> {
  const [summary] = await store.summaries([address]);
  const entries: Entry[] = [];
  for (;;) {
    const page = await store.tails([{ id: summary?.id as ActorId, after: entries.length }], PAGE);
    entries.push(...page);
    if (page.length < PAGE) return entries;
  }
}

async function recovered(store: Store, address: Address, log: Log): Promise<Omit<Recovery, "ms">> {
  const [found] = await recover(store, [address], log);
  if (!found || found instanceof Error) throw new Error(`The counter cannot be recovered: ${found?.message}`);
  return { state: found.head.state, checkpoint: found.from, entries: found.head.seq - found.from };
}

function rerun(type: ActorType, key: readonly string[], entries: readonly Entry[]): Json | undefined {
  const named = namedKey(type, key);
  let state: Json | undefined;
  let bytes: number | undefined;
  let open: OpenTurn | undefined;
  for (const { seq, body } of entries) {
    if (body.kind === "received") open = { message: body.message, effects: [] };
    if (body.kind === "effect") open?.effects.push(body.effect);
    if (body.kind !== "turn") continue;
    const turn = body.message === undefined ? open : { message: body.message, effects: [] };
    if (turn === undefined) throw new Error(`The message of entry ${seq} is missing.`);
    const { id, command, payload, now } = turn.message;
    const current = state ?? initialState(type, named, now);
    const result = runTurn(type, named, current, { id, command, payload, now }, turn.effects, bytes);
    if (result.kind !== "done") throw new Error(`The handler of entry ${seq} did not finish: ${result.kind}.`);
    ({ state, bytes } = result);
  }
  return state;
}

async function median(run: () => Promise<Omit<Recovery, "ms">>): Promise<Recovery> {
  const recoveries: Recovery[] = [];
  for (let i = 0; i < RUNS; i++) {
    const startedAt = performance.now();
    const recovery = await run();
    recoveries.push({ ...recovery, ms: performance.now() - startedAt });
  }
  return recoveries.sort((a, b) => a.ms - b.ms)[(RUNS - 1) / 2] as Recovery;
}
