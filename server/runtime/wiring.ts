import type { ActorType } from "../core/define/define.ts";
import type { Log } from "../process/log.ts";
import { Activation } from "./actor/activation.ts";
import { Activity } from "./actor/activity.ts";
import type { Actor } from "./actor/actor.ts";
import type { ActorCounts } from "./actor/counts.ts";
import { Registry } from "./actor/registry.ts";
import { Repeats } from "./actor/repeats.ts";
import { AskHandler } from "./admission/ask.ts";
import { InFlight } from "./admission/in-flight.ts";
import { StoredReplies } from "./admission/stored-replies.ts";
import { TellHandler } from "./admission/tell.ts";
import { Checkpoints } from "./history/checkpoints.ts";
import { Forks } from "./history/forks.ts";
import { Retention } from "./history/retention.ts";
import { inPlace, type Sandbox } from "./history/sandbox.ts";
import { StoreInspector } from "./inspect/inspector.ts";
import { MailInspector } from "./inspect/mailboxes.ts";
import { NodeMetrics } from "./inspect/metrics.ts";
import { PastInspector } from "./inspect/past.ts";
import { TypeMetrics } from "./inspect/type-metrics.ts";
import { Interventions } from "./interventions.ts";
import { Identities } from "./lane/identities.ts";
import { Lanes } from "./lane/lanes.ts";
import { PoisonGuard } from "./lane/poison-guard.ts";
import type { MailboxCounts } from "./mailbox/counts.ts";
import { MailboxDispatcher } from "./mailbox/dispatcher.ts";
import { Redrives } from "./mailbox/redrives.ts";
import { Reminders } from "./mailbox/reminders.ts";
import { Retries } from "./mailbox/retries.ts";
import type { Clock, Watchdog } from "./ports/clock.ts";
import type { Claim } from "./ports/leases.ts";
import type { Store } from "./ports/store.ts";
import type { Events } from "./shared/events.ts";
import type { Limits } from "./shared/limits.ts";
import { MailSeqs } from "./shared/mail-seqs.ts";
import { Types } from "./shared/types.ts";

/** What every node needs. */
export interface NodeOptions {
  store: Store;
  clock: Clock;
  types: readonly ActorType[];
  log: Log;
  limits: Limits;
  /** Without one, nobody notices when code of an actor never ends. */
  watchdog?: Watchdog | undefined;
  /** Without one, code that is replayed runs in this thread. */
  sandbox?: Sandbox | undefined;
  /** Whether actors may be crashed on purpose. */
  chaos?: boolean | undefined;
}

/** What the parts of a node are made of. */
export interface Makings extends NodeOptions {
  claim: Claim;
  actorCounts: ActorCounts;
  mailboxCounts: MailboxCounts;
  events: Events;
  /** Aborted when the node stops. */
  ended: AbortSignal;
  /** A lane cannot go on. */
  stopped: (error: Error) => void;
}

/** Makes the parts of a node and joins them: what one tells another is said here, and nowhere else. */
export function makeParts({ types: definitions, ...makings }: Makings) {
  const { store, clock, log, limits, claim, actorCounts, events, sandbox = inPlace(definitions) } = makings;
  const types = new Types(definitions);
  const checkpoints = new Checkpoints({ store, clock, log, events });
  const registry = new Registry(limits.maxActive, clock, events, actorCounts, (actor) =>
    checkpoints.beforePassivation(actor),
  );
  const wake = (actor: Actor) => lanes.wake(actor);
  const repeats = new Repeats();
  const loaded = (actor: Actor) => {
    askHandler.loaded(actor);
    dispatcher.feed(actor);
  };
  const activity = new Activity(store, clock, log);
  const typeMetrics = new TypeMetrics(clock);
  const metrics = new NodeMetrics(clock, () => makings.mailboxCounts.counts);
  const parts = {
    ...makings,
    activity,
    identities: new Identities({ store, clock, events, registry, activity, actorCounts }, claim.newestActor),
    types,
    checkpoints,
    registry,
    repeats,
    wake,
    sandbox,
    inFlight: new InFlight(limits.maxInFlight, clock, {
      inFlight: (count) => metrics.inFlight(count),
      left: (delivery) => repeats.remove(delivery),
    }),
    metrics,
    typeMetrics,
    activation: new Activation({
      ...{ store, registry, checkpoints, clock, log, repeats, typeMetrics, loaded },
      ended: makings.ended,
    }),
    retries: new Retries(clock, makings.ended, wake),
    ids: new MailSeqs(claim.lastMailSeq),
    storedReplies: new StoredReplies(store, clock),
    poisonGuard: new PoisonGuard(claim.clean ? 0 : claim.lastMailSeq),
  };
  const dispatcher = new MailboxDispatcher(parts);
  const askHandler = new AskHandler(parts);
  const lanes: Lanes = new Lanes({
    ...parts,
    mailed: (items) => dispatcher.committed(items),
    feed: (actor) => dispatcher.feed(actor),
  });
  return {
    ...parts,
    dispatcher,
    askHandler,
    lanes,
    tells: new TellHandler({ ...parts, lanes }),
    reminders: new Reminders({ ...parts, lanes }),
    redrives: new Redrives({ ...parts, lanes }),
    interventions: new Interventions({ ...parts, lanes }),
    forks: new Forks(parts),
    retention: new Retention(parts),
    mail: new MailInspector(parts),
    past: new PastInspector(parts),
    inspector: inspectorOf(parts, lanes),
  };
}

/** What the inspector looks at besides the parts themselves. */
type Looks = "node" | "committed" | "newestActor" | "mailCounts" | "startedAt";

function inspectorOf(
  parts: Omit<ConstructorParameters<typeof StoreInspector>[0], Looks> &
    Pick<Makings, "claim" | "mailboxCounts"> & { identities: Identities },
  lanes: Lanes,
): StoreInspector {
  const { claim, mailboxCounts, identities, clock } = parts;
  return new StoreInspector({
    ...parts,
    node: () => ({ owner: claim.owner, epoch: claim.epoch, standsBy: null }),
    committed: () => lanes.committed,
    newestActor: () => identities.newest,
    mailCounts: () => mailboxCounts.counts,
    startedAt: clock.now(),
  });
}
