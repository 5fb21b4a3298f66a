import type { NamedKey } from "../define/context.ts";
import type { Contract } from "../define/contract.ts";
import { effect } from "../define/effects.ts";
import { type Random, seededRandom, uuidFrom } from "../random.ts";
import { isoTime } from "../time.ts";
import type { Outbox, When } from "./outbox.ts";

export class Rejection extends Error {}

/**
 * The context of a command's handler. It is closed after its step, because a running effect must not touch the state.
 */
export class CommandContext {
  readonly key: NamedKey<readonly string[]>;
  readonly effect = effect;
  readonly random: Random;
  readonly #now: number;
  readonly #draft: unknown;
  readonly #outbox: Outbox;
  #closed = false;

  constructor(
    key: NamedKey<readonly string[]>,
    draft: unknown,
    { id, now }: { id: string; now: number },
    outbox: Outbox,
  ) {
    this.key = key;
    this.#draft = draft;
    this.#outbox = outbox;
    this.#now = now;
    let seeded: Random | undefined;
    this.random = () => {
      seeded ??= seededRandom(id);
      return seeded();
    };
  }

  get now(): string {
    return isoTime(this.#now);
  }

  get state(): unknown {
    if (this.#closed) throw new TypeError("c.state was used while an effect was running, or after the turn");
    return this.#draft;
  }

  uuid(): string {
    return uuidFrom(this.random);
  }

  reject(reason: string): never {
    throw new Rejection(reason);
  }

  send(to: Contract, key: readonly string[], command: string, payload: unknown): void {
    this.#open("c.send").send(to, key, command, payload);
  }

  remind(name: string, when: When, command: string, payload: unknown): void {
    this.#open("c.remind").remind(name, when, command, payload);
  }

  cancelReminder(name: string): void {
    this.#open("c.cancelReminder").cancelReminder(name);
  }

  close(): void {
    this.#closed = true;
  }

  #open(used: string): Outbox {
    if (this.#closed) throw new TypeError(`${used} was used while an effect was running, or after the turn`);
    return this.#outbox;
  }
}
