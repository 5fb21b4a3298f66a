import type { ActorType, AskOptions } from "../core/define/define.ts";
import type { Key } from "../core/define/keys.ts";
import type { TellReply } from "../protocol/commands.ts";
import type { Json } from "../protocol/json.ts";
import type { Runtime } from "./api.ts";

/** Sends typed messages to actors. */
export interface Client {
  /**
   * One actor: a method for each of its type's commands and queries, and `tell` with one for each command. Naming it neither makes nor wakes it.
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
        if (kind === "command") {
          tell[name] = (payload, options) => runtime.tell({ type, key, command: name, payload, ...options });
        }
        methods[name] =
          kind === "query"
            ? (payload) => runtime.query({ type, key, query: name, payload })
            : async (payload, options) => (await runtime.ask({ type, key, command: name, payload, ...options })).reply;
      }
      return { ...methods, tell } as C;
    },
  };
}
