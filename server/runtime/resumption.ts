import { decodeKey } from "../core/keys.ts";
import type { Log } from "../log.ts";
import type { Activation } from "./activation.ts";
import type { Types } from "./intake.ts";
import type { ActorId, Address, Clock, Store } from "./ports.ts";
import type { Registry } from "./registry.ts";

/** Actors that are woken together. */
const PAGE = 500;
/** How long to wait before going on, when the database cannot be reached or memory is full. In milliseconds. */
const RETRY_MS = 1_000;

/** What resumption needs. */
export interface Resumption {
  store: Store;
  clock: Clock;
  log: Log;
  types: Types;
  registry: Registry;
  activation: Activation;
  /** Aborted when the node stops. */
  ended: AbortSignal;
}

/** Wakes the actors whose turns a crash interrupted, so that they go on though nobody asks. Never rejects. */
export async function resumeOpenTurns({ store, clock, log, ended, ...parts }: Resumption): Promise<void> {
  let after = 0 as ActorId;
  while (!ended.aborted) {
    try {
      const page = await store.openTurns(after, PAGE);
      for (const address of page) {
        await wake(parts, address, log);
        after = address.id;
      }
      if (page.length < PAGE) return;
    } catch (error) {
      log.warn({ err: error }, "interrupted turns could not be resumed yet");
      await clock.sleep(RETRY_MS, ended);
    }
  }
}

/** @throws Error when the actor cannot be loaded now */
async function wake(
  { types, registry, activation }: Pick<Resumption, "types" | "registry" | "activation">,
  { type, keyText }: Address,
  log: Log,
): Promise<void> {
  const definition = types.find(type);
  if (definition === undefined) {
    log.error({ type, key: keyText }, "a turn of a type that this code does not know stays interrupted");
    return;
  }
  const actor = registry.use(definition, decodeKey(keyText), keyText);
  if (!actor.ready) await activation.load(actor);
  if (actor.lifecycle === "passivated") throw new Error(`${type} ${keyText} could not be loaded`);
}
