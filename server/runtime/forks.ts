import { GreenroomError } from "../core/errors.ts";
import { checkKey, decodeKey, encodeKey } from "../core/keys.ts";
import type { ForkedEntry } from "../protocol/journal.ts";
import type { ForkRequest } from "../protocol/past.ts";
import { unavailable } from "./activation.ts";
import type { Identities } from "./identities.ts";
import type { Types } from "./intake.ts";
import type { Claim } from "./lease-store.ts";
import { Past } from "./past.ts";
import type { Address, Clock, Store } from "./ports.ts";
import { laneOf, type Registry } from "./registry.ts";
import { fenced } from "./settle.ts";

/** What forks need. */
export interface ForksOptions {
  store: Store;
  clock: Clock;
  claim: Claim;
  types: Types;
  registry: Registry;
  identities: Identities;
}

/** Keeps moments of actors as new actors. */
export class Forks {
  readonly #with: ForksOptions;

  constructor(options: ForksOptions) {
    this.#with = options;
  }

  /** See `Runtime.fork`. */
  async fork(type: string, keyText: string, { at, key }: ForkRequest): Promise<Address> {
    const { store, clock, claim, types, registry, identities } = this.#with;
    const { key: names, persistence } = types.get(type);
    checkKey(decodeKey(keyText), names);
    checkKey(key, names);
    if (persistence !== "journal") throw new GreenroomError("not_found", `${type} keeps no journal.`);
    const address = { type, keyText: encodeKey(key) };
    const outcome = await registry.whileClosed(type, address.keyText, async () => {
      try {
        const [parent] = await store.summaries([{ type, keyText }]);
        if (!parent) throw new GreenroomError("not_found", `${type} ${keyText} has never been used.`);
        const { state, version, turnTime } = await new Past(store).headAt(parent.id, at);
        const from = { key: keyText, seq: at };
        const entry: ForkedEntry = {
          kind: "forked",
          from,
          ...(state === undefined ? {} : { state }),
          version,
          turnTime,
        };
        const row = { id: await identities.of(address), parent: { id: parent.id, keyText, seq: at } };
        const lane = laneOf(type, address.keyText);
        return await store.fork(claim, lane, { ...row, body: JSON.stringify(entry), at: clock.now() });
      } catch (error) {
        throw error instanceof GreenroomError ? error : unavailable(error);
      }
    });
    if (outcome === "fenced") throw fenced();
    if (outcome === "forked") return address;
    throw new GreenroomError("rejected", `${type} ${address.keyText} has been used before; a fork needs a new key.`);
  }
}
