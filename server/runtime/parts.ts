import type { ActorType } from "../core/define.ts";
import type { Log } from "../log.ts";
import { Activation } from "./activation.ts";
import { Activity } from "./activity.ts";
import type { Actor } from "./actor.ts";
import { Caution } from "./caution.ts";
import type { Census } from "./census.ts";
import { Checkpoints } from "./checkpoints.ts";
import { Entrance } from "./entrance.ts";
import type { Events } from "./events.ts";
import { Forks } from "./forks.ts";
import { Identities } from "./identities.ts";
import { type Sources, StoreInspector } from "./inspector.ts";
import { Intake, Types } from "./intake.ts";
import { Interventions } from "./interventions.ts";
import { KeptReplies } from "./kept-replies.ts";
import { Lanes } from "./lanes.ts";
import type { Claim } from "./lease-store.ts";
import type { Limits } from "./limits.ts";
import { MailIds } from "./mail.ts";
import { MailInspector } from "./mail-inspector.ts";
import type { MailTally } from "./mail-tally.ts";
import { Mailroom } from "./mailroom.ts";
import { Meter } from "./meter.ts";
import { PastInspector } from "./past-inspector.ts";
import type { Clock, Store, Watchdog } from "./ports.ts";
import { Redrives } from "./redrives.ts";
import { Registry } from "./registry.ts";
import { Reminders } from "./reminders.ts";
import { Repeats } from "./repeats.ts";
import { Retention } from "./retention.ts";
import { Retries } from "./retries.ts";
import { inPlace, type Sandbox } from "./sandbox.ts";
import { Tells } from "./tells.ts";
import { TypeMeter } from "./type-meter.ts";

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
  census: Census;
  mailTally: MailTally;
  events: Events;
  /** Aborted when the node stops. */
  ended: AbortSignal;
  /** A lane cannot go on. */
  stopped: (error: Error) => void;
}

/** Makes the parts of a node and joins them: what one tells another is said here, and nowhere else. */
export function makeParts({ types: definitions, ...makings }: Makings) {
  const { store, clock, log, limits, claim, census, events, sandbox = inPlace(definitions) } = makings;
  const types = new Types(definitions);
  const checkpoints = new Checkpoints(store, clock, log, events);
  const registry = new Registry(limits.maxActive, clock, events, census, (actor) =>
    checkpoints.beforePassivation(actor),
  );
  const wake = (actor: Actor) => lanes.wake(actor);
  const repeats = new Repeats();
  const loaded = (actor: Actor) => {
    entrance.loaded(actor);
    mailroom.feed(actor);
  };
  const activity = new Activity(store, clock, log);
  const typeMeter = new TypeMeter(clock);
  const meter = new Meter(clock, () => makings.mailTally.counts);
  const parts = {
    ...makings,
    activity,
    identities: new Identities({ store, clock, events, registry, activity, census }, claim.newestActor),
    types,
    checkpoints,
    registry,
    repeats,
    wake,
    sandbox,
    intake: new Intake(limits.maxInFlight, clock, {
      inFlight: (count) => meter.inFlight(count),
      left: (delivery) => repeats.remove(delivery),
    }),
    meter,
    typeMeter,
    activation: new Activation({
      ...{ store, registry, checkpoints, clock, log, repeats, typeMeter, loaded },
      ended: makings.ended,
    }),
    retries: new Retries(clock, makings.ended, wake),
    ids: new MailIds(claim.lastMail),
    keptReplies: new KeptReplies(store, clock),
    caution: new Caution(claim.clean ? 0 : claim.lastMail),
  };
  const mailroom = new Mailroom(parts);
  const entrance = new Entrance(parts);
  const lanes: Lanes = new Lanes({
    ...parts,
    mailed: (items) => mailroom.committed(items),
    feed: (actor) => mailroom.feed(actor),
  });
  return {
    ...parts,
    mailroom,
    entrance,
    lanes,
    tells: new Tells({ ...parts, lanes }),
    reminders: new Reminders({ ...parts, lanes }),
    redrives: new Redrives({ ...parts, lanes }),
    interventions: new Interventions({ ...parts, lanes }),
    forks: new Forks(parts),
    retention: new Retention(parts),
    mail: new MailInspector(store, types),
    past: new PastInspector(parts),
    inspector: inspectorOf(parts, lanes),
  };
}

/** What the inspector looks at besides the parts themselves. */
type Looks = "node" | "committed" | "newestActor" | "mailCounts" | "startedAt";

function inspectorOf(
  parts: Omit<Sources, Looks> & Pick<Makings, "claim" | "mailTally"> & { identities: Identities },
  lanes: Lanes,
): StoreInspector {
  const { claim, mailTally, identities, clock } = parts;
  return new StoreInspector({
    ...parts,
    node: () => ({ owner: claim.owner, epoch: claim.epoch, standsBy: null }),
    committed: () => lanes.committed,
    newestActor: () => identities.newest,
    mailCounts: () => mailTally.counts,
    startedAt: clock.now(),
  });
}
