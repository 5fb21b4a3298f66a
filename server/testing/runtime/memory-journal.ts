import { type ActorType, migrate } from "../../core/define/define.ts";
import { encodeKey, type Key } from "../../core/define/keys.ts";
import { parsePayload } from "../../core/define/payload.ts";
import type { GreenroomError } from "../../core/errors.ts";
import { emptyHead, fold, type Head } from "../../protocol/fold.ts";
import type { EffectError, Entry, Json } from "../../protocol/journal.ts";
import { Actor } from "../../runtime/actor/actor.ts";
import { type Answer, Delivery } from "../../runtime/actor/delivery.ts";
import type { StagedTurn } from "../../runtime/actor/staged-turn.ts";
import { resume, type StepResult, stageEffect, step } from "../../runtime/turn/step.ts";
import { stepContext } from "./steps.ts";

/** What an effect gives: its result, or the error of its last attempt. */
export type EffectOutcome = { result: Json } | { error: EffectError };

/** What a message brought its caller; `unfinished` when an effect was asked for that was not given. */
export type Outcome = { reply: Json; seq: number; unrecorded?: true } | { error: GreenroomError } | "unfinished";

/** An actor with a journal, run without a store: what its turns would commit is at once in its journal. */
export class MemoryJournal {
  readonly entries: Entry[] = [];
  readonly #key: Key;
  #actor: Actor;
  readonly #context = stepContext();
  #sent = 0;
  #checkpointTime = 0;

  constructor(type: ActorType, key: Key) {
    this.#key = key;
    this.#actor = this.#newActor(type);
  }

  /** The state in memory; null before the first turn. */
  get state(): Json {
    return this.#actor.state ?? null;
  }

  /** The time that a checkpoint after the newest write has. */
  get checkpointTime(): number {
    return this.#checkpointTime;
  }

  /** The state folded from the whole journal. */
  folded(): Head {
    return fold(emptyHead(0), structuredClone(this.entries));
  }

  /** Sends a command, accepted at `now`. Its effects are over at once, with the given outcomes in their order. */
  send(command: string, payload: unknown = {}, effects: readonly EffectOutcome[] = [], now = this.#sent): Outcome {
    const { definition } = this.#actor;
    const operation = definition.operations.get(command);
    if (operation?.kind !== "command") throw new Error(`${definition.type} has no command "${command}".`);
    const { value } = parsePayload(operation.schema, payload, command);
    let outcome: Outcome = "unfinished";
    const caller = {
      resolve: ({ reply, head, unrecorded }: Answer) => {
        outcome = { reply: JSON.parse(reply) as Json, seq: head, ...(unrecorded ? { unrecorded } : {}) };
      },
      reject: (error: GreenroomError) => {
        outcome = { error };
      },
    };
    const message = { id: `m${this.#sent++}`, command, payload: value, now };
    const parts = {
      message,
      kind: "command" as const,
      idempotencyKey: undefined,
      mailSeq: 0,
      finished: () => undefined,
    };
    this.#goOn(step(this.#actor, new Delivery({ ...parts, caller }), this.#context), effects);
    return outcome;
  }

  /** A restart, on the same code or other: the actor is what its journal says. A turn that is open can be resumed. */
  restart(type: ActorType = this.#actor.definition): void {
    const { seq, state, version, turnTime, open } = this.folded();
    this.#actor = this.#newActor(type);
    this.#actor.state = state === undefined ? undefined : migrate(type, state, version);
    Object.assign(this.#actor, { head: seq, storedVersion: version, turnTime });
    if (open === null) return;
    const delivery = Delivery.resumed(open.message, null, () => undefined);
    this.#actor.open = { delivery, message: open.message, effects: open.effects, state: "busy" };
  }

  /** Goes on with the turn that is open. */
  resume(effects: readonly EffectOutcome[]): void {
    if (this.#actor.open === null) throw new Error("No turn is open.");
    this.#goOn(resume(this.#actor, this.#actor.open, this.#context), effects);
  }

  #goOn(first: StepResult, effects: readonly EffectOutcome[]): void {
    let stepped = first;
    for (const effect of [...effects, undefined]) {
      if (stepped.diverged !== undefined) throw new Error(`The turn diverged: ${JSON.stringify(stepped.diverged)}`);
      if (stepped.staged !== undefined) this.#commit(stepped.staged);
      const { open } = this.#actor;
      if (stepped.effect === undefined || effect === undefined || open === null) return;
      open.effects.push({ name: stepped.effect.call.name, attempts: 1, ...effect });
      this.#commit(stageEffect(this.#actor, open));
      stepped = resume(this.#actor, open, this.#context);
    }
  }

  #commit(write: StagedTurn): void {
    for (const [i, { body }] of write.entries.entries()) {
      this.entries.push({ seq: write.expected + i + 1, at: write.message.now, body });
    }
    this.#checkpointTime = write.turnTime;
    write.actor.settle(write);
  }

  #newActor(type: ActorType): Actor {
    const actor = new Actor(type, this.#key, encodeKey(this.#key), 0);
    actor.lifecycle = "active";
    return actor;
  }
}
