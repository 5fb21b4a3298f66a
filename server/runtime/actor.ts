import type { ActorType, NamedKey } from "../core/define.ts";
import type { GreenroomError } from "../core/errors.ts";
import type { Key } from "../core/keys.ts";
import { namedKey } from "../core/turn.ts";
import type { Lifecycle } from "../protocol/actors.ts";
import type { Json } from "../protocol/json.ts";
import type { Delivery } from "./delivery.ts";
import type { ActorId, Address } from "./ports.ts";

/** A command that ran and has something to commit. */
export interface Turn {
  readonly actor: Actor;
  readonly delivery: Delivery;
  /** The states before and after; `before` is null for an actor's first. */
  readonly before: Json;
  readonly after: Json;
  /** The revisions before and after; equal when only a reply is to be kept. */
  readonly expected: number;
  readonly revision: number;
  /** The time that its handler saw. */
  readonly at: number;
  /** JSON text. */
  readonly reply: string;
  /** Answers that saw this turn's state, and wait for its commit. */
  readonly outputs: Output[];
  /** Set when it can never commit, because a turn that it builds on could not. */
  broken: boolean;
}

/** An answer that waits for the turn whose state it saw. */
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
  revision = 0;
  /** The time that its newest turn saw, and when its newest message came. Milliseconds. */
  turnTime = 0;
  lastActiveAt = 0;
  /** Messages in the order accepted, not yet run. */
  readonly line: Delivery[] = [];
  /** Turns that ran and have not committed, oldest first. */
  readonly unsettled: Turn[] = [];
  /** Commands on their way, by idempotency key. */
  readonly keyed = new Map<string, Delivery>();

  constructor(definition: ActorType, key: Key, keyText: string, lane: number) {
    this.definition = definition;
    this.key = key;
    this.namedKey = namedKey(definition, key);
    this.type = definition.type;
    this.keyText = keyText;
    this.lane = lane;
  }

  /** Whether it is loaded. */
  get ready(): boolean {
    return this.lifecycle === "active" || this.lifecycle === "processing";
  }

  /** Messages accepted and not yet durable or answered. */
  get inLine(): number {
    return this.line.length + this.unsettled.length;
  }

  /** Whether everything of it is durable and nothing is to be done: only then may it be let go. */
  get quiet(): boolean {
    return this.lifecycle !== "activating" && this.inLine === 0;
  }

  /** Lets an output go once the newest turn has committed: at once when all have. */
  afterNewestTurn(output: Output): void {
    const newest = this.unsettled.at(-1);
    if (newest === undefined) output.release();
    else newest.outputs.push(output);
  }
}
