import type { NamedKey } from "../../core/define/context.ts";
import type { ActorType } from "../../core/define/define.ts";
import type { Key } from "../../core/define/keys.ts";
import { GreenroomError } from "../../core/errors.ts";
import { namedKey } from "../../core/turn/turn.ts";
import type { Lifecycle, ParkedAt } from "../../protocol/actors.ts";
import type { Json, Recovery } from "../../protocol/journal.ts";
import type { NextTry } from "../../protocol/mail.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import { markOf } from "../shared/message-id.ts";
import type { Delivery } from "./delivery.ts";
import { Inbox } from "./inbox.ts";
import { Mailbox } from "./mailbox.ts";
import type { ForcedFailure, Hold, OpenTurn, Output, StagedTurn } from "./staged-turn.ts";

/** What loading brings into memory. */
export interface RestoredState {
  head: number;
  /** The seq of the newest entry of a durable state's history; 0 without one. */
  historySeq: number;
  /** Whether the state was changed after its newest history entry. */
  isAhead: boolean;
  /** Undefined when no turn has committed. */
  state: Json | undefined;
  /** The version of the stored state; 0 when there is none. */
  version: number;
  turnTime: number;
}

/** An actor in memory. Only its own methods change it. */
export class Actor implements Address {
  readonly definition: ActorType;
  readonly key: Key;
  readonly namedKey: NamedKey<readonly string[]>;
  readonly type: string;
  readonly keyText: string;
  /** The lane that commits its turns. */
  readonly lane: number;
  /** Null until its first turn is about to be committed. */
  id: ActorId | null = null;
  lifecycle: Lifecycle = "activating";
  /** Why it is `failed`. */
  reason: string | null = null;
  /** The newest state, durable or not; undefined before the first turn. */
  state: Json | undefined = undefined;
  /** Its size in bytes of JSON; null when it is not known. */
  stateBytes: number | null = null;
  /** The revision, or highest seq, that belongs to `state`. */
  head = 0;
  /** The seq of the newest entry of a durable state's history; 0 without one. */
  historySeq = 0;
  /** Whether the state was changed after its newest history entry. */
  isAhead = false;
  /** The version of the stored state. The state in memory always has the version of the running code. */
  storedVersion = 0;
  /** The turn that waits for effects. No other command runs until it has finished. */
  open: OpenTurn | null = null;
  /** The turn that it is parked at, and its message's number in the mailbox. */
  parked: (ParkedAt & { mailSeq: number | null }) | null = null;
  /** How it was recovered from its journal; null without one. */
  recovery: Recovery | null = null;
  /** The seq of its newest checkpoint. */
  checkpointSeq = 0;
  /** The time that its newest turn saw, and when its newest message came. Milliseconds since 1970. */
  turnTime = 0;
  lastActiveAt = 0;
  /** Whether it was used since the registry last looked for an actor to passivate. */
  used = false;
  /** Whether it is in its lane's run queue. */
  isQueued = false;
  readonly inbox = new Inbox();
  /** Turns to commit, oldest first. */
  readonly unsettled: StagedTurn[] = [];
  /** The part of its mailbox that is in memory. */
  readonly mailbox = new Mailbox();
  /** A message outside the inbox that lets no other command run before it. */
  hold: Hold | null = null;
  /** By mail number; created on first use, since most actors never need it. */
  #forcedFailures: Map<number, ForcedFailure> | undefined;
  #mark: string | undefined;

  constructor(definition: ActorType, key: Key, keyText: string, lane: number) {
    this.definition = definition;
    this.key = key;
    this.namedKey = namedKey(definition, key);
    this.type = definition.type;
    this.keyText = keyText;
    this.lane = lane;
  }

  /** The part of its messages' ids that names it. */
  get mark(): string {
    this.#mark ??= markOf(this);
    return this.#mark;
  }

  /** The seq of its newest entry: the head of a journal. */
  get seq(): number {
    return this.definition.persistence === "journal" ? this.head : this.historySeq;
  }

  get isLoaded(): boolean {
    return this.lifecycle === "active" || this.lifecycle === "processing" || this.lifecycle === "waiting";
  }

  /** Messages accepted and not yet durable or answered. */
  get queued(): number {
    const { inbox, unsettled, open, hold, mailbox } = this;
    return inbox.length + unsettled.length + (open === null ? 0 : 1) + (hold === null ? 0 : 1) + mailbox.aside.size;
  }

  /** Whether the store has messages for it that are not in memory. */
  get hasUnread(): boolean {
    return this.mailbox.unreadAbove !== null;
  }

  /** Whether all of it is durable and it has nothing to do. Only then may it be passivated. */
  get isIdle(): boolean {
    const isLoading = this.lifecycle === "activating" || this.lifecycle === "recovering";
    return !isLoading && this.queued === 0 && !this.hasUnread;
  }

  /** Its lifecycle while it is loaded. */
  get loadedLifecycle(): "active" | "processing" | "waiting" {
    if (this.unsettled.length > 0) return "processing";
    return this.open === null && this.nextTry === null ? "active" : "waiting";
  }

  /** The retry that its other messages wait for. */
  get nextTry(): NextTry | null {
    return this.hold?.nextTry ?? null;
  }

  /** What it waits for, as text; null when no effect runs and no retry is due. */
  get waitsFor(): string | null {
    const { nextTry } = this;
    if (nextTry !== null) {
      const { messageId, command, attempts, error, at } = nextTry;
      return `message ${messageId} (${command}) is retried at ${at}: attempt ${attempts} failed with ${error}`;
    }
    const effect = this.open?.running;
    if (effect === undefined) return null;
    return `effect #${effect.n} "${effect.name}" of ${effect.command} runs, attempt ${effect.attempt}`;
  }

  identify(id: ActorId): void {
    this.id = id;
  }

  /** A message for it was accepted at `now`, in milliseconds since 1970. */
  touch(now: number): void {
    this.lastActiveAt = now;
  }

  markUsed(): void {
    this.used = true;
  }

  forgetUse(): void {
    this.used = false;
  }

  /** Enters or leaves its lane's run queue. */
  setQueued(isQueued: boolean): void {
    this.isQueued = isQueued;
  }

  moveTo(lifecycle: Lifecycle, reason: string | null): void {
    this.lifecycle = lifecycle;
    this.reason = reason;
  }

  /** Begins to load: what it was parked at no longer counts. */
  beginLoading(): void {
    this.parked = null;
  }

  /** Takes over what was loaded, with the state in the version of the running code. */
  restore(loaded: RestoredState | null, state: Json | undefined, recovery: Recovery | null): void {
    this.recovery = recovery;
    this.head = loaded?.head ?? 0;
    this.historySeq = loaded?.historySeq ?? 0;
    this.isAhead = loaded?.isAhead ?? false;
    this.state = state;
    this.stateBytes = null;
    this.storedVersion = loaded?.version ?? 0;
    // Recovery of a history loads no checkpoint: those that were due are assumed to exist.
    this.checkpointSeq = recovery === null ? this.seq : recovery.checkpoint;
    this.turnTime = Math.max(this.turnTime, loaded?.turnTime ?? 0);
  }

  /** Nothing of it is in memory any more. All of it must be durable. */
  passivate(): void {
    this.moveTo("passivated", this.reason);
    this.state = undefined;
  }

  /** A checkpoint at `seq` exists, or is about to be written. */
  checkpointAt(seq: number): void {
    this.checkpointSeq = seq;
  }

  /** A turn waits for an effect. */
  suspend(turn: OpenTurn): void {
    this.open = turn;
  }

  /** Brings it in memory to where a staged turn leads. `version` is that of the stored state after the turn. */
  apply(staged: StagedTurn, after: Json | undefined, version: number): void {
    const { bytes, turnTime, head, entries, afterSeq, open } = staged;
    this.state = after;
    this.stateBytes = bytes;
    this.turnTime = turnTime;
    this.head = head;
    if (this.definition.persistence === "state") this.historySeq = afterSeq + entries.length;
    if (entries.length > 0) this.isAhead = false;
    this.storedVersion = version;
    if (!open) this.open = null;
    this.unsettled.push(staged);
  }

  /** Its oldest staged turn is durable: the answers that waited for it are released. */
  settle({ answer, outputs, disposition }: StagedTurn): void {
    this.unsettled.shift();
    if (disposition?.kind === "ack" || disposition?.kind === "dead") this.mailbox.drop(disposition.mailSeq);
    if (answer !== null) {
      if (answer.outcome instanceof GreenroomError) answer.delivery.fail(answer.outcome);
      else answer.delivery.answer(answer.outcome);
    }
    for (const output of outputs) output.release();
  }

  /** Releases an output once all that it saw has committed: at once when it has. */
  afterCommit(output: Output): void {
    const newest = this.unsettled.at(-1);
    if (newest === undefined) output.release();
    else newest.outputs.push(output);
  }

  /**
   * Forgets all that is not committed: it is to be loaded again, and its mailbox read again. Asks that have not run stay.
   * Returns the turns that are lost.
   */
  rollBack(): { staged: StagedTurn[]; open: OpenTurn | null } {
    const lost = { staged: this.unsettled.splice(0), open: this.open };
    this.open = null;
    this.hold = null;
    this.mailbox.forget();
    this.inbox.dropMails();
    return lost;
  }

  /** It cannot be loaded: all that waits fails with `error`. Messages from the mailbox are read again later. */
  abandon(error: GreenroomError, hasMail: boolean): void {
    this.open?.delivery.fail(error);
    this.open = null;
    this.hold = null;
    this.mailbox.forget(hasMail || this.mailbox.head.size > 0 || this.hasUnread);
    for (const delivery of this.inbox.takeAll()) delivery.fail(error);
  }

  /** Its code asks for other effects than its open turn recorded: it waits for a person. */
  park({ delivery, message }: OpenTurn): void {
    this.parked = { messageId: message.id, command: message.command, mailSeq: delivery.mail?.mailSeq ?? null };
  }

  /** A message blocks all others until its retry, or until it is marked as started. Returns the hold. */
  holdFor(delivery: Delivery, nextTry: NextTry | null): Hold {
    this.hold = { delivery, nextTry };
    return this.hold;
  }

  /** The message that blocked the others may run. */
  release(): void {
    this.hold = null;
  }

  /** A mailbox message is not to run: its next attempt fails with `failure`. */
  forceFailure(mailSeq: number, failure: ForcedFailure): void {
    this.#forcedFailures ??= new Map();
    this.#forcedFailures.set(mailSeq, failure);
  }

  /** The failure that was forced on a mailbox message, once; null when there is none. */
  takeForcedFailure(mailSeq: number): ForcedFailure | null {
    const failure = this.#forcedFailures?.get(mailSeq);
    this.#forcedFailures?.delete(mailSeq);
    return failure ?? null;
  }
}
