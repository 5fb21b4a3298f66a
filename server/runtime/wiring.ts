import type { ActorType } from "../core/define/define.ts";
import { Activation } from "./actor/activation.ts";
import { Activity } from "./actor/activity.ts";
import type { Actor } from "./actor/actor.ts";
import type { ActorCounts } from "./actor/counts.ts";
import { Registry } from "./actor/registry.ts";
import { Repeats } from "./actor/repeats.ts";
import type { StagedTurn } from "./actor/staged-turn.ts";
import { AskHandler } from "./admission/ask.ts";
import { InFlight } from "./admission/in-flight.ts";
import { StoredReplies } from "./admission/stored-replies.ts";
import { TellHandler } from "./admission/tell.ts";
import { Checkpoints } from "./history/checkpoints.ts";
import { Forks } from "./history/forks.ts";
import { Retention } from "./history/retention.ts";
import { inPlace, type Sandbox } from "./history/sandbox.ts";
import { type InspectorDeps, StoreInspector } from "./inspect/inspector.ts";
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
import type { Watchdog } from "./ports/clock.ts";
import type { NodeDeps } from "./shared/deps.ts";
import type { ExternalWrite } from "./shared/external-write.ts";
import { MailSeqs } from "./shared/mail-seqs.ts";
import { Types } from "./shared/types.ts";

/** What every node needs. */
export interface NodeOptions extends Pick<NodeDeps, "store" | "clock" | "log" | "limits"> {
  types: readonly ActorType[];
  /** Without one, nobody notices actor code that never ends. */
  watchdog?: Watchdog | undefined;
  /** Without one, code that is replayed runs in this thread. */
  sandbox?: Sandbox | undefined;
  /** Whether actors may be crashed on purpose. */
  chaos?: boolean | undefined;
}

/** What a node needs once it leads. */
export interface LeaderOptions extends NodeOptions, Pick<NodeDeps, "claim" | "events" | "ended"> {
  actorCounts: ActorCounts;
  mailboxCounts: MailboxCounts;
  /** A lane cannot go on. */
  stopped: (error: Error) => void;
}

/** Creates a node: the parts that write, and those that only read or run in the background. */
export function makeNode(options: LeaderOptions) {
  const parts = connectParts(options);
  const sources = sourcesOf(parts);
  return {
    ...parts,
    reminders: new Reminders(parts),
    redrives: new Redrives(parts),
    interventions: new Interventions(parts),
    forks: new Forks(parts),
    retention: new Retention(parts),
    mail: new MailInspector(parts),
    past: new PastInspector(parts),
    sources,
    inspector: new StoreInspector(sources),
  };
}

/** Creates the parts that process messages and connects them: what one part reports to another is said here. */
function connectParts({ types: definitions, sandbox = inPlace(definitions), ...options }: LeaderOptions) {
  const { store, clock, log, limits, claim, events, ended, actorCounts, mailboxCounts } = options;
  const deps = { ...options, sandbox, types: new Types(definitions), mailSeqs: new MailSeqs(claim.lastMailSeq) };
  const metrics = new NodeMetrics(clock, () => mailboxCounts.counts);
  const typeMetrics = new TypeMetrics(clock);
  const checkpoints = new Checkpoints({ store, clock, log, events });
  const beforePassivation = (actor: Actor) => checkpoints.beforePassivation(actor);
  const registry = new Registry(limits.maxActive, clock, events, actorCounts, beforePassivation);
  const activity = new Activity(store, clock, log);
  const repeats = new Repeats();
  const inFlight = new InFlight(limits.maxInFlight, clock, {
    inFlight: (count) => metrics.inFlight(count),
    left: (delivery) => repeats.remove(delivery),
  });
  const wake = (actor: Actor) => lanes.wake(actor);
  const identities = new Identities({ ...deps, registry, activity }, claim.newestActor);
  const activation = new Activation({
    ...deps,
    registry,
    repeats,
    loaded: (actor) => {
      checkpoints.afterRecovery(actor);
      askHandler.loaded(actor);
      dispatcher.feed(actor);
    },
    recovered: (note) => typeMetrics.recovered(note),
  });
  const retries = new Retries({ clock, ended, wake });
  const lanes: Lanes = new Lanes({
    ...deps,
    registry,
    activation,
    identities,
    poisonGuard: new PoisonGuard(claim.clean ? 0 : claim.lastMailSeq),
    health: (error) => metrics.database(error),
    retry: (actor, { delivery, at }, staged) => {
      retries.putAside(actor, delivery, at);
      staged.tasks.push(() => void retries.bringBack(actor, delivery, at));
    },
    settled: (staged) => {
      checkpoints.after(staged);
      count(typeMetrics, staged, clock.now());
    },
    committed: (items) => dispatcher.committed(items),
    feed: (actor) => dispatcher.feed(actor),
  });
  const dispatcher = new MailboxDispatcher({ ...deps, registry, activation, retries, wake });
  const storedReplies = new StoredReplies(deps);
  const admission = { ...deps, registry, inFlight, repeats, storedReplies, refused: () => metrics.refused() };
  const askHandler = new AskHandler({ ...admission, activation, activity, wake });
  const post = (write: ExternalWrite) => lanes.post(write);
  const tellHandler = new TellHandler({ ...admission, post, idOf: (address) => identities.of(address) });
  const handlers = { dispatcher, askHandler, tellHandler, activation, retries, identities };
  return { ...deps, ...handlers, activity, checkpoints, registry, inFlight, metrics, typeMetrics, lanes };
}

/** What the inspector of a node that leads reads from. */
function sourcesOf({
  claim,
  lanes,
  identities,
  mailboxCounts,
  ...parts
}: Omit<InspectorDeps, "node" | "committed" | "newestActor" | "mailCounts" | "startedAt"> &
  Pick<LeaderOptions, "claim" | "mailboxCounts"> & { lanes: Lanes; identities: Identities }): InspectorDeps {
  return {
    ...parts,
    node: () => ({ owner: claim.owner, epoch: claim.epoch, standsBy: null }),
    committed: () => lanes.committed,
    newestActor: () => identities.newest,
    mailCounts: () => mailboxCounts.counts,
    startedAt: parts.clock.now(),
  };
}

function count(metrics: TypeMetrics, { actor, message, answer }: StagedTurn, now: number): void {
  if (answer === null) return;
  metrics.answered(actor.type, message.command, now - message.now, answer.outcome instanceof Error);
}
