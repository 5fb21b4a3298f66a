import type { ActorType, AskOptions } from "../core/define/define.ts";
import { type Key, toKeyText } from "../core/define/keys.ts";
import type { TellReply } from "../protocol/commands.ts";
import type { Json } from "../protocol/journal.ts";
import type { Runtime } from "./api.ts";

/** Sends typed messages to actors. */
export interface Client {
  /**
   * One actor: a method for each command and query of its type, and `tell` with one for each command. This neither creates
   * nor wakes the actor.
   * @example await client.actor(UserState, ["mall001", "user001"]).viewProduct({ productId: "p1" })
   */
  actor<C>(type: ActorType<C>, key: Key): C;
}

/** A client of the runtime in this process. Its methods reject with `GreenroomError`. */
export function createClient(runtime: Runtime): Client {
  return {
    actor<C>({ type, operations }: ActorType<C>, key: Key): C {
      const methods: Record<string, (payload: unknown, options?: AskOptions) => Promise<Json>> = {};
      const tell: Record<string, (payload: unknown, options?: AskOptions) => Promise<TellReply>> = {};
      for (const { kind, name } of operations.values()) {
        const address = () => ({ type, keyText: toKeyText(key) });
        if (kind === "command") {
          tell[name] = async (payload, options) => runtime.tell({ ...address(), command: name, payload, ...options });
          methods[name] = async (payload, options) =>
            (await runtime.ask({ ...address(), command: name, payload, ...options })).reply;
        } else {
          methods[name] = async (payload) => runtime.query({ ...address(), query: name, payload });
        }
      }
      return { ...methods, tell } as C;
    },
  };
}
