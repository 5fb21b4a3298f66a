import type { Log } from "../../process/log.ts";
import type { Clock } from "../ports/clock.ts";
import type { Claim } from "../ports/leases.ts";
import type { Store } from "../ports/store.ts";
import type { Events } from "./events.ts";
import type { Limits } from "./limits.ts";
import type { MailSeqs } from "./mail-seqs.ts";
import type { Types } from "./types.ts";

/** What a node gives to its parts. Each part takes a `Pick` of it. */
export interface NodeDeps {
  store: Store;
  clock: Clock;
  log: Log;
  types: Types;
  limits: Limits;
  /** The right to write that this node holds. */
  claim: Claim;
  events: Events;
  mailSeqs: MailSeqs;
  /** Aborted when the node stops. */
  ended: AbortSignal;
}
