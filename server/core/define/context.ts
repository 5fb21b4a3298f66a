import type { Json } from "../../protocol/journal.ts";
import type { Random } from "../random.ts";
import type { When } from "../turn/outbox.ts";
import type { Contract, Input, Schemas } from "./contract.ts";
import type { EffectCall, EffectCallContext, EffectOptions } from "./effects.ts";

/** A key by segment name. */
export type NamedKey<Names extends readonly string[]> = { readonly [N in Names[number]]: string };

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** The context of a query's handler. */
export interface QueryContext<State, Names extends readonly string[] = readonly string[]> {
  readonly key: NamedKey<Names>;
  readonly state: DeepReadonly<State>;
  /** When the message was accepted, never earlier than the turn before. ISO 8601, UTC. */
  readonly now: string;
}

/** The context of a command's handler. `state` is a draft: change it in place. */
export interface TurnContext<
  State,
  Names extends readonly string[] = readonly string[],
  Commands extends Schemas = Schemas,
> extends Omit<QueryContext<State, Names>, "state"> {
  readonly state: State;
  /** A number in [0, 1), the same each time this message is processed. */
  random: Random;
  /** A UUID, the same each time this message is processed. */
  uuid(): string;
  /** Refuses the message: nothing changes, and the caller receives the reason with the code `rejected`. */
  reject(reason: string): never;
  /**
   * Sends a command to another actor, or to this one. It enters the receiver's mailbox when this turn commits. There is
   * no reply: if you need one, the receiver must send a message back. At most `MAX_SENDS` a turn.
   * @throws GreenroomError `invalid_key`, `unknown_command`, `invalid_payload`, `payload_too_large`, `overloaded`
   */
  send<C extends Schemas, K extends keyof C & string>(
    to: Contract<C>,
    key: readonly string[],
    command: K,
    payload: Input<C[K]>,
  ): void;
  /**
   * Sets this actor's reminder of that name and replaces an earlier one. When it is due, the command is delivered
   * through the mailbox, even after a restart. At most `MAX_REMINDERS` a turn.
   * @throws GreenroomError as `send` does; TypeError for a malformed time
   */
  remind<K extends keyof Commands & string>(name: string, when: When, command: K, payload: Input<Commands[K]>): void;
  /** Cancels a reminder. One that is already in the mailbox is still delivered. */
  cancelReminder(name: string): void;
}

/** The context of a command's handler of an actor with a journal. */
export interface JournalContext<
  State,
  Names extends readonly string[] = readonly string[],
  Commands extends Schemas = Schemas,
> extends TurnContext<State, Names, Commands> {
  /**
   * Calls the outside world and records the result before the handler continues: `yield* c.effect(name, fn)` returns
   * what `fn` resolves to, which must be JSON. After a crash a recorded effect is not called again.
   * @throws EffectFailed when the last attempt failed, or the function threw a `TerminalError`
   */
  effect<R extends Json | void>(
    name: string,
    fn: (context: EffectCallContext) => R | Promise<R>,
    options?: EffectOptions,
  ): Generator<EffectCall, R extends Json ? R : null, Json>;
}
