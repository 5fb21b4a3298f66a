/** A node's right to write, as the store granted it. */
export interface Claim {
  owner: string;
  epoch: number;
  /** By lane, the number of its last batch. */
  batches: readonly number[];
  /** The highest place of any message in a mailbox. */
  lastMailSeq: number;
  /** Whether the node before gave the right back, with all its work done. */
  clean: boolean;
  /** The highest id that an actor in the store has had; 0 when there was none. */
  newestActor: number;
}

/** Who asks for the right to write. */
export interface Claimant {
  owner: string;
  /** Where people find it. */
  location: string;
}

/** Who has the right now, when it was not granted. */
export interface Held extends Claimant {
  since: number;
  /** Milliseconds until it lapses unless it is renewed. */
  lapsesIn: number;
}

/** Who had the right last, and how far its lanes have committed. */
export interface Leader extends Held {
  epoch: number;
  /** By lane, the number of its last batch. */
  batches: readonly number[];
  /** The highest id that an actor in the store has had. */
  newestActor: number;
}

/** The right to write. Every method throws `StoreUnavailable` when the database cannot be reached. */
export interface LeaseStore {
  /** Takes the right to write, unless another node holds it and `force` is not set. Raises the epoch, then waits for commits in flight. */
  claim(claimant: Claimant, lanes: number, leaseMs: number, force: boolean): Promise<Claim | Held>;
  /** Who has the right to write, or had it last; null when nobody ever had it. Disturbs nobody. */
  leader(): Promise<Leader | null>;
  /** Renews the lease; false when the right is another's now. */
  heartbeat(claim: Claim, leaseMs: number): Promise<boolean>;
  /** Gives the right back, so that the next node need not wait. */
  release(claim: Claim): Promise<void>;
}
