import type { NamedKey } from "../../core/define/context.ts";
import type { ActorType } from "../../core/define/define.ts";
import type { Key } from "../../core/define/keys.ts";
import type { GreenroomError } from "../../core/errors.ts";
import { namedKey } from "../../core/turn/turn.ts";
import type { Lifecycle, ParkedAt } from "../../protocol/actors.ts";
import type { RecordedEffect, RecordedMessage, Recovery, RunningEffect } from "../../protocol/journal.ts";
import type { Json } from "../../protocol/json.ts";
import type { NextTry } from "../../protocol/mail.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { StagedReminder } from "../ports/mail-rows.ts";
import type { Outgoing } from "../shared/external-write.ts";
import { markOf } from "../shared/message-id.ts";
import type { Disposition } from "../turn/disposition.ts";
import type { Answer, Delivery } from "./delivery.ts";
import { Mailbox } from "./mailbox.ts";
import type { NewEntry } from "./new-entry.ts";

/** What an actor has to commit: a finished turn, or the part of a turn that must be durable before it goes on. */
export interface StagedTurn {
  readonly actor: Actor;
  /** The states before and after; `before` is null for an actor's first. The same object when it did not change. */
  readonly before: Json;
  readonly after: Json;
  /** The revision, or seq, before and after; equal when only a reply is to be kept. */
  readonly expected: number;
  readonly head: number;
  /** The size of the state after, in bytes of JSON; null where it is not known. */
  readonly bytes: number | null;
  /** What is appended to the journal or the history, where there is one; and the seq that the first of them follows. */
  readonly entries: readonly NewEntry[];
  readonly afterSeq: number;
  /** The command that did it, and the time that its handler saw. */
  readonly message: RecordedMessage;
  /** The time that the newest turn saw which `after` came of: the message's own, unless it failed or is not over. */
  readonly turnTime: number;
  /** What becomes of the message's row in the actor's mailbox; null when it has none. */
  readonly disposition: Disposition | null;
  readonly sends: readonly Outgoing[];
  readonly reminders: readonly StagedReminder[];
  /** Whom to answer when it is durable, and what: a reply, or an error. Null while the turn goes on. */
  readonly answer: { delivery: Delivery; outcome: Answer | GreenroomError } | null;
  /** Whether the turn goes on after this: a crash leaves it to be resumed. */
  readonly open: boolean;
  /** Answers that saw this state, and wait for its commit. */
  readonly outputs: Output[];
  /** What is to be done as soon as it is durable, in this order: effects begin, messages are tried again. */
  readonly tasks: (() => void)[];
  /** Set when it can never commit, because something that it builds on could not. */
  broken: boolean;
}

/** A turn that waits for effects: its message, those that are over, and whom to answer in the end. */
export interface OpenTurn {
  readonly delivery: Delivery;
  readonly message: RecordedMessage;
  readonly effects: RecordedEffect[];
  /** `ready` to go on; or an effect runs, or something of it is being committed. */
  state: "ready" | "busy";
  /** When the newest effect's first attempt began, in milliseconds since 1970; undefined before the first effect. */
  began?: number;
  /** The effect that runs. */
  running?: RunningEffect | undefined;
}

/** A message that holds up those behind it: until it is tried again, or as soon as it is known to be begun. */
export interface Hold {
  readonly delivery: Delivery;
  /** When it is tried again, and why; null while only its being begun is committed. */
  readonly nextTry: NextTry | null;
}

/** Why an attempt has failed that was never made: what it would make cannot be stored; or a person gave the message up. */
export interface ForcedFailure {
  readonly error: GreenroomError;
  /** What a person decided should become of the message; null where nobody did. */
  readonly decided: "skip" | "dead-letter" | null;
}

/** An answer that waits until the state that it saw is durable. */
export interface Output {
  release(): void;
  fail(error: GreenroomError): void;
}

/** An actor in memory. */
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
  /** Its size in bytes of JSON; null where that is not known. */
  stateBytes: number | null = null;
  /** The revision, or highest seq, that belongs to it. */
  head = 0;
  /** Of a durable state, the seq of its history's newest entry; 0 without one. */
  historySeq = 0;
  /** Whether the state has come to where it is by changes that its history does not have. */
  isAhead = false;
  /** The version of its shape in the store. The state in memory is always of the code's own. */
  storedVersion = 0;
  /** The turn that waits for effects, if there is one: until it is over, no other command runs. */
  open: OpenTurn | null = null;
  /** The turn that it is parked at, and its message's place in the mailbox. */
  parked: (ParkedAt & { place: number | null }) | null = null;
  /** How it was brought back from its journal; null for one that was never stored, or keeps none. */
  recovery: Recovery | null = null;
  /** The seq of its newest checkpoint. */
  checkpointSeq = 0;
  /** The time that its newest turn saw, and when its newest message came. Milliseconds. */
  turnTime = 0;
  lastActiveAt = 0;
  /** Whether it was used since somebody looked for one to let go. */
  used = false;
  /** Whether it stands in its lane to be run. */
  runnable = false;
  /** Messages in the order accepted, not yet run. */
  readonly line: Delivery[] = [];
  /** What it has to commit, oldest first. */
  readonly unsettled: StagedTurn[] = [];
  /** The head of its mailbox. */
  readonly mailbox = new Mailbox();
  /** A message that is not in line and lets no other command run before it. */
  hold: Hold | null = null;
  /** Messages in its mailbox that are not to run, by place; most actors never have one. */
  #blamed: Map<number, ForcedFailure> | undefined;
  #mark: string | undefined;

  constructor(definition: ActorType, key: Key, keyText: string, lane: number) {
    this.definition = definition;
    this.key = key;
    this.namedKey = namedKey(definition, key);
    this.type = definition.type;
    this.keyText = keyText;
    this.lane = lane;
  }

  /** What the ids of its messages know it by. */
  get mark(): string {
    this.#mark ??= markOf(this);
    return this.#mark;
  }

  /** The seq of its newest entry: of a journal that is the head. */
  get seq(): number {
    return this.definition.persistence === "journal" ? this.head : this.historySeq;
  }

  /** Whether it is loaded. */
  get ready(): boolean {
    return this.lifecycle === "active" || this.lifecycle === "processing" || this.lifecycle === "waiting";
  }

  /** Messages accepted and not yet durable or answered. */
  get inLine(): number {
    const { line, unsettled, open, hold, mailbox } = this;
    return line.length + unsettled.length + (open === null ? 0 : 1) + (hold === null ? 0 : 1) + mailbox.aside.size;
  }

  /** Whether its mailbox holds messages that are not in memory. */
  get hasUnread(): boolean {
    return this.mailbox.unreadAbove !== null;
  }

  /** Whether everything of it is durable and nothing is to be done: only then may it be let go. */
  get quiet(): boolean {
    return this.lifecycle !== "activating" && this.lifecycle !== "recovering" && this.inLine === 0 && !this.hasUnread;
  }

  /** Where it is in its life while it is loaded. */
  get atWork(): "active" | "processing" | "waiting" {
    if (this.unsettled.length > 0) return "processing";
    return this.open === null && this.nextTry === null ? "active" : "waiting";
  }

  /** When the message is tried again that the others wait for, and why; null where there is none. */
  get nextTry(): NextTry | null {
    return this.hold?.nextTry ?? null;
  }

  /** What it waits for, in words; null while no effect runs and no message is to be tried again. */
  get waitsFor(): string | null {
    const { nextTry } = this;
    if (nextTry !== null) {
      const { messageId, command, attempts, error, at } = nextTry;
      return `message ${messageId} (${command}) is tried again at ${at}: attempt ${attempts} failed with ${error}`;
    }
    const effect = this.open?.running;
    if (effect === undefined) return null;
    return `effect "${effect.name}" (number ${effect.n}) of ${effect.command} runs, attempt ${effect.attempt}`;
  }

  /** A message in its mailbox is not to run: its attempt has failed before it is made. */
  forceFailure(place: number, forceFailure: ForcedFailure): void {
    this.#blamed ??= new Map();
    this.#blamed.set(place, forceFailure);
  }

  /** Why a message is not to run; it is asked once. */
  takeForcedFailure(place: number): ForcedFailure | null {
    const forceFailure = this.#blamed?.get(place);
    this.#blamed?.delete(place);
    return forceFailure ?? null;
  }

  /** Lets an output go once all that it saw has committed: at once when it has. */
  afterNewestWrite(output: Output): void {
    const newest = this.unsettled.at(-1);
    if (newest === undefined) output.release();
    else newest.outputs.push(output);
  }
}
