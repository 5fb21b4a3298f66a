import type { Log } from "../../process/log.ts";
import { Fenced } from "../lane/committer.ts";
import type { Clock } from "../ports/clock.ts";
import type { Claim, Claimant, Held } from "../ports/leases.ts";
import type { Store } from "../ports/store.ts";
import { crashPoint } from "../shared/crash-points.ts";
import { HEARTBEAT_MS, LANES, LEASE_MS } from "../shared/limits.ts";

/** How often a claim is tried again while a lease that may be a dead node's has not lapsed. */
const CLAIM_RETRY_MS = 250;

/** Another node holds the right to write, and renews it. */
class AlreadyLed extends Error {
  override readonly name = "AlreadyLed";
}

/**
 * Takes the right to write for a node. With `force` at once: the caller knows that no other node lives. Otherwise as soon as the
 * lease of the node before, which may have died, has lapsed.
 * @throws AlreadyLed when that node renews its lease
 */
export async function claimLease(store: Store, clock: Clock, claimant: Claimant, force: boolean): Promise<Claim> {
  const deadline = clock.now() + LEASE_MS + HEARTBEAT_MS;
  for (;;) {
    const answer = await store.claim(claimant, LANES, LEASE_MS, force);
    if ("epoch" in answer) {
      crashPoint("claim: granted");
      return answer;
    }
    if (clock.now() > deadline) throw new AlreadyLed(told(answer));
    await clock.sleep(Math.min(CLAIM_RETRY_MS, answer.lapsesIn + 1));
  }
}

function told(leader: Held): string {
  const { name, since } = introduce(leader);
  return `Another server (${name}) leads on this database since ${since}. Stop it first, or start this one with --standby.`;
}

/** How people are told of a node that leads: who it is, where they find it, and since when it does. */
export function introduce({ owner, location, since }: Claimant & { since: number }): { name: string; since: string } {
  const when = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: "UTC" });
  const name = owner.slice(0, 8);
  return { name: location === "" ? name : `${name} at ${location}`, since: `${when.format(since)} UTC` };
}

/** What keeping a lease needs. */
export interface KeepLease {
  store: Store;
  clock: Clock;
  log: Log;
  claim: Claim;
  /** Told each time how the database answered. */
  health: (error: Error | null) => void;
  /** Called once, when the right is another's. */
  lost: (error: Error) => void;
}

/** Renews a lease until the returned function is called. */
export function keepLease({ store, clock, log, claim, health, lost }: KeepLease): () => void {
  let beating = false;
  const beat = async (): Promise<void> => {
    if (beating) return;
    beating = true;
    try {
      const kept = await store.heartbeat(claim, LEASE_MS);
      health(null);
      if (!kept) {
        stop();
        lost(new Fenced("Another node has taken the lease."));
      }
    } catch (error) {
      health(error as Error);
      log.debug({ err: error }, "the lease could not be renewed");
    } finally {
      beating = false;
    }
  };
  const stop = clock.every(HEARTBEAT_MS, () => void beat());
  return stop;
}
