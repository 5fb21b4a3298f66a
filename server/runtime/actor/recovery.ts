import { GreenroomError } from "../../core/errors.ts";
import type { Log } from "../../process/log.ts";
import { emptyHead, fold, type Head } from "../../protocol/fold.ts";
import type { DamagedCheckpoint, Entry, Json } from "../../protocol/journal.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { Checkpoint } from "../ports/past.ts";
import type { Store, StoredJournal } from "../ports/store.ts";
import { checksum } from "../shared/digest.ts";

/** Entries that one statement reads for all actors that are recovered together. */
const TAIL_ENTRIES = 5_000;

/** An actor as its journal describes it, and how it was recovered. */
export interface Recovered {
  head: Head;
  /** The seq of the checkpoint that recovery started from; 0 without one. */
  from: number;
  /** The damaged checkpoints that were skipped, newest first. */
  damaged: DamagedCheckpoint[];
  hasMail: boolean;
}

/** The actor cannot be recovered: its journal is damaged. */
export class Unrecovered extends GreenroomError {
  readonly hasMail: boolean;

  constructor(hasMail: boolean, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super("actor_failed", `its journal is damaged: ${why}`, undefined, { cause });
    this.hasMail = hasMail;
  }
}

export type RecoveryStore = Pick<Store, "loadJournals" | "tails" | "checkpointAt">;

/**
 * Recovers actors from their journals: the newest valid checkpoint of each, then the entries after it, with one statement
 * for many. No actor code runs. Null for an actor that is not in the store.
 * @throws StoreUnavailable
 */
export async function recover(
  store: RecoveryStore,
  addresses: readonly Address[],
  log: Log,
): Promise<((Recovered & { id: ActorId }) | Unrecovered | null)[]> {
  const stored = await store.loadJournals(addresses);
  const started = await Promise.all(stored.map((journal) => (journal === null ? null : start(store, journal, log))));
  const known = new Map(started.flatMap((one) => (one === null ? [] : [[one.id, one]])));
  const failed = new Map<ActorId, Unrecovered>();
  let wanted = [...known.values()].map(({ id, head }) => ({ id, after: head.seq }));
  while (wanted.length > 0) {
    const entries = await store.tails(wanted, TAIL_ENTRIES);
    for (const entry of entries) foldOne(known, failed, entry);
    if (entries.length < TAIL_ENTRIES) break;
    const last = entries.at(-1)?.id as ActorId;
    wanted = wanted
      .filter(({ id }) => id >= last && !failed.has(id))
      .map(({ id }) => ({ id, after: known.get(id)?.head.seq ?? 0 }));
  }
  return started.map((one) => (one === null ? null : (failed.get(one.id) ?? one)));
}

/** Where recovery starts: at the newest valid checkpoint, else at the beginning of the journal. */
async function start(
  store: RecoveryStore,
  { id, checkpoint, hasMail }: StoredJournal,
  log: Log,
): Promise<Recovered & { id: ActorId }> {
  const { valid, damaged } = await validCheckpoint(store, id, checkpoint);
  for (const { seq, reason } of damaged) {
    log.warn({ actor: id, seq, reason }, "a checkpoint is damaged; recovering from the one before it");
  }
  return { id, head: valid === null ? emptyHead(0) : headAt(valid), from: valid?.seq ?? 0, damaged, hasMail };
}

/** The newest valid checkpoint at or before `newest`, and the damaged ones that were skipped. */
async function validCheckpoint(
  store: Pick<Store, "checkpointAt">,
  id: ActorId,
  newest: Checkpoint | null,
): Promise<{ valid: Checkpoint | null; damaged: DamagedCheckpoint[] }> {
  const damaged: DamagedCheckpoint[] = [];
  let candidate = newest;
  while (candidate !== null) {
    const found = checksum(candidate.state);
    if (found === candidate.checksum) break;
    const reason = `the checksum of its state is ${found}, but ${candidate.checksum} is stored with it`;
    damaged.push({ seq: candidate.seq, reason });
    candidate = await store.checkpointAt(id, candidate.seq - 1);
  }
  return { valid: candidate, damaged };
}

/** The actor at a checkpoint. No checkpoint is written while a turn is open. */
export function headAt({ seq, state, version, turnTime }: Checkpoint): Head {
  return { seq, state: JSON.parse(state) as Json, version, turnTime, open: null };
}

function foldOne(
  known: ReadonlyMap<ActorId, Recovered>,
  failed: Map<ActorId, Unrecovered>,
  entry: Entry & { id: ActorId },
): void {
  const one = known.get(entry.id);
  if (one === undefined || failed.has(entry.id)) return;
  try {
    fold(one.head, [entry]);
  } catch (cause) {
    failed.set(entry.id, new Unrecovered(one.hasMail, cause));
  }
}
