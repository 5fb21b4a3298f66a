import { GreenroomError } from "../../core/errors.ts";
import type { Log } from "../../process/log.ts";
import { emptyHead, fold, type Head } from "../../protocol/fold.ts";
import type { DamagedCheckpoint, Entry } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { Checkpoint } from "../ports/past.ts";
import type { Store, StoredJournal } from "../ports/store.ts";
import { checksum } from "../shared/digest.ts";

/** Entries that one statement brings, of all actors that are being recovered together. */
const TAIL_ENTRIES = 5_000;

/** An actor as its journal says it is; and how that was found out. */
export interface Recovered {
  head: Head;
  /** The seq of the checkpoint that it was recovered from; 0 without one. */
  from: number;
  /** The checkpoints that were passed over, newest first. */
  damaged: DamagedCheckpoint[];
  hasMail: boolean;
}

/** Why an actor cannot be recovered: its journal is not whole. */
export class Unrecovered extends GreenroomError {
  readonly hasMail: boolean;

  constructor(hasMail: boolean, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super("actor_failed", `its journal is not whole: ${why}`, undefined, { cause });
    this.hasMail = hasMail;
  }
}

/** What of the store recovery needs. */
export type RecoveryStore = Pick<Store, "loadJournals" | "tails" | "checkpointAt">;

/**
 * Recovers actors from their journals: for each its newest checkpoint whose checksum holds, then the entries after it,
 * a statement for many. No code of the actors runs. Null for those that are not in the store.
 * @throws what `fold` throws when a journal is not whole; then the others are not recovered either
 */
export async function recover(
  store: RecoveryStore,
  addresses: readonly Address[],
  log: Log,
): Promise<((Recovered & { id: ActorId }) | Unrecovered | null)[]> {
  const stored = await store.loadJournals(addresses);
  const begun = await Promise.all(stored.map((journal) => (journal === null ? null : begin(store, journal, log))));
  const known = new Map(begun.flatMap((one) => (one === null ? [] : [[one.id, one]])));
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
  return begun.map((one) => (one === null ? null : (failed.get(one.id) ?? one)));
}

/** Where recovery begins: the newest checkpoint that holds, else the begin of the journal. */
async function begin(
  store: RecoveryStore,
  { id, checkpoint, hasMail }: StoredJournal,
  log: Log,
): Promise<Recovered & { id: ActorId }> {
  const { valid, damaged } = await validCheckpoint(store, id, checkpoint);
  for (const { seq, reason } of damaged) {
    log.warn({ actor: id, seq, reason }, "a checkpoint is damaged; recovering from the one before");
  }
  return { id, head: valid === null ? emptyHead(0) : headAt(valid), from: valid?.seq ?? 0, damaged, hasMail };
}

/** The newest checkpoint from `newest` on back whose checksum holds, and those that were passed over. */
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
    const reason = `the checksum of its state is ${found}, and ${candidate.checksum} was written with it`;
    damaged.push({ seq: candidate.seq, reason });
    candidate = await store.checkpointAt(id, candidate.seq - 1);
  }
  return { valid: candidate, damaged };
}

/** What a checkpoint says. It is never written while a turn is open. */
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
