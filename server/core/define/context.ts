import type { Json } from "../../protocol/json.ts";
import type { Random } from "../random.ts";
import type { When } from "../turn/outbox.ts";
import type { Contract, Input, Schemas } from "./contract.ts";
import type { EffectCall, EffectCallContext, EffectOptions } from "./effects.ts";

/** A key by the names of its segments. */
export type NamedKey<Names extends readonly string[]> = { readonly [N in Names[number]]: string };

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** What a query's handler works with. */
export interface QueryContext<State, Names extends readonly string[] = readonly string[]> {
  readonly key: NamedKey<Names>;
  readonly state: DeepReadonly<State>;
  /** When the message was accepted, never earlier than the turn before. ISO 8601, UTC. */
  readonly now: string;
}

/** What a command's handler works with. `state` is a draft: change it in place. */
export interface TurnContext<
  State,
  Names extends readonly string[] = readonly string[],
  Commands extends Schemas = Schemas,
> {
  readonly key: NamedKey<Names>;
  readonly state: State;
  /** When the message was accepted, never earlier than the turn before. ISO 8601, UTC. */
  readonly now: string;
  /** A number in [0, 1), the same whenever this message is processed. */
  random: Random;
  /** A UUID, the same whenever this message is processed. */
  uuid(): string;
  /** Refuses the message: nothing changes, and the caller is told the reason under the code `rejected`. */
  reject(reason: string): never;
  /**
   * Sends a command to another actor, or to this one: it is in the receiver's mailbox when this turn commits, and not
   * before. Nothing comes back; whoever wants an answer is sent one. At most `MAX_SENDS` a turn.
   * @throws GreenroomError `invalid_key`, `unknown_command`, `invalid_payload`, `payload_too_large`, `overloaded`
   */
  send<C extends Schemas, K extends keyof C & string>(
    to: Contract<C>,
    key: readonly string[],
    command: K,
    payload: Input<C[K]>,
  ): void;
  /**
   * Sets this actor's reminder of that name, in place of an earlier one: at its time the command comes through the
   * mailbox, also after a restart; once, or every so often. At most `MAX_REMINDERS` a turn.
   * @throws GreenroomError as `send` does; TypeError for a malformed time
   */
  remind<K extends keyof Commands & string>(name: string, when: When, command: K, payload: Input<Commands[K]>): void;
  /** Takes a reminder back. One that is already in the mailbox still comes. */
  cancelReminder(name: string): void;
}

/** What a command's handler of an actor with a journal works with. */
export interface JournalContext<
  State,
  Names extends readonly string[] = readonly string[],
  Commands extends Schemas = Schemas,
> extends TurnContext<State, Names, Commands> {
  /**
   * Calls the outside world, and records what came of it before the handler goes on: `yield* c.effect(name, fn)` gives
   * what `fn` resolves to, which must be JSON. After a crash a recorded effect is not called again.
   * @throws EffectFailed when it failed for good
   */
  effect<R extends Json | void>(
    name: string,
    fn: (context: EffectCallContext) => R | Promise<R>,
    options?: EffectOptions,
  ): Generator<EffectCall, R extends Json ? R : null, Json>;
}
