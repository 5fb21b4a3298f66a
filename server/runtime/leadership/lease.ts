import { Fenced } from "../lane/committer.ts";
import type { Claim, Claimant, Held } from "../ports/leases.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { HEARTBEAT_MS, LANES, LEASE_MS } from "../shared/limits.ts";

/** How often a claim is retried while the lease of a node that may be dead has not expired, in milliseconds. */
const CLAIM_RETRY_MS = 250;

/** Another node holds the right to write and renews it. */
class AlreadyLed extends Error {
  override readonly name = "AlreadyLed";
}

/**
 * Takes the right to write for a node: at once with `force`, for a caller that knows that no other node lives; otherwise
 * when the lease of the node before has expired.
 * @throws AlreadyLed when that node renews its lease
 */
export async function claimLease(
  { store, clock }: Pick<NodeDeps, "store" | "clock">,
  claimant: Claimant,
  force: boolean,
): Promise<Claim> {
  const deadline = clock.now() + LEASE_MS + HEARTBEAT_MS;
  for (;;) {
    const answer = await store.claim(claimant, LANES, LEASE_MS, force);
    if ("epoch" in answer) {
      crashPoint("claim: granted");
      return answer;
    }
    if (clock.now() > deadline) throw new AlreadyLed(alreadyLed(answer));
    await clock.sleep(Math.min(CLAIM_RETRY_MS, answer.lapsesIn + 1));
  }
}

function alreadyLed(leader: Held): string {
  const { name, since } = introduce(leader);
  return `Another server (${name}) leads on this database since ${since}. Stop it first, or start this one with --standby.`;
}

/** The name and location of a node, and since when it leads, as text. */
export function introduce({ owner, location, since }: Claimant & { since: number }): { name: string; since: string } {
  const when = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: "UTC" });
  const name = owner.slice(0, 8);
  return { name: location === "" ? name : `${name} at ${location}`, since: `${when.format(since)} UTC` };
}

type KeepLeaseDeps = Pick<NodeDeps, "store" | "clock" | "log" | "claim"> & {
  /** Whether the database answered: an error when it could not be reached. */
  health: (error: Error | null) => void;
  /** Called once, when another node has taken the lease. */
  lost: (error: Error) => void;
};

/** Renews a lease until the returned function is called. */
export function keepLease({ store, clock, log, claim, health, lost }: KeepLeaseDeps): () => void {
  let beating = false;
  const beat = async (): Promise<void> => {
    if (beating) return;
    beating = true;
    try {
      const isOurs = await store.heartbeat(claim, LEASE_MS);
      health(null);
      if (!isOurs) {
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
