/** A node's right to write, granted by the store. */
export interface Claim {
  owner: string;
  epoch: number;
  /** By lane, the number of its last batch. */
  batches: readonly number[];
  /** The highest mailSeq of any message. */
  lastMailSeq: number;
  /** Whether the previous node finished its work and released the lease. */
  clean: boolean;
  /** The highest actor id ever assigned; 0 when there was none. */
  newestActor: number;
}

/** A node that asks for the lease. */
export interface Claimant {
  owner: string;
  /** Where people find the node. */
  location: string;
}

/** The node that holds the lease, when it was not granted. */
export interface Held extends Claimant {
  since: number;
  /** Milliseconds until the lease expires unless it is renewed. */
  lapsesIn: number;
}

/** The last node that held the lease, and how far its lanes have committed. */
export interface Leader extends Held {
  epoch: number;
  /** By lane, the number of its last batch. */
  batches: readonly number[];
  /** The highest actor id ever assigned. */
  newestActor: number;
}

/** The lease: the right to write. Every method throws `StoreUnavailable` when the database cannot be reached. */
export interface LeaseStore {
  /**
   * Takes the lease, unless another node holds it and `force` is not set. Raises the epoch, then waits for commits in
   * flight.
   */
  claim(claimant: Claimant, lanes: number, leaseMs: number, force: boolean): Promise<Claim | Held>;
  /** The node that holds the lease or held it last; null when none ever did. Read-only. */
  leader(): Promise<Leader | null>;
  /** Renews the lease; false when another node holds it now. */
  heartbeat(claim: Claim, leaseMs: number): Promise<boolean>;
  /** Releases the lease, so that the next node need not wait. */
  release(claim: Claim): Promise<void>;
}
