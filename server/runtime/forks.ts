import type { ActorType } from "../core/define.ts";
import { GreenroomError } from "../core/errors.ts";
import { checkKey, decodeKey, encodeKey } from "../core/keys.ts";
import type { Head } from "../protocol/fold.ts";
import type { ForkedEntry } from "../protocol/journal.ts";
import type { ForkRequest } from "../protocol/past.ts";
import { unavailable } from "./activation.ts";
import type { Identities } from "./identities.ts";
import type { Types } from "./intake.ts";
import type { Claim } from "./lease-store.ts";
import { Past } from "./past.ts";
import { withoutHistory } from "./past-inspector.ts";
import type { ForkRow } from "./past-port.ts";
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
    const definition = types.get(type);
    checkKey(decodeKey(keyText), definition.key);
    checkKey(key, definition.key);
    if (!definition.history) throw withoutHistory(definition);
    const address = { type, keyText: encodeKey(key) };
    const outcome = await registry.whileClosed(type, address.keyText, async () => {
      try {
        const [parent] = await store.summaries([{ type, keyText }]);
        if (!parent) throw new GreenroomError("not_found", `${type} ${keyText} has never been used.`);
        const head = await new Past(store).headAt(parent.id, at);
        const row = { id: await identities.of(address), parent: { id: parent.id, keyText, seq: at } };
        const lane = laneOf(type, address.keyText);
        return await store.fork(claim, lane, { ...row, ...beginOf(definition, keyText, head), at: clock.now() });
      } catch (error) {
        throw error instanceof GreenroomError ? error : unavailable(error);
      }
    });
    if (outcome === "fenced") throw fenced();
    if (outcome === "forked") return address;
    throw new GreenroomError("rejected", `${type} ${address.keyText} has been used before; a fork needs a new key.`);
  }
}

/** What a fork of an actor begins with: its first entry, and its first revision where the type has a durable state. */
function beginOf(
  { persistence }: ActorType,
  keyText: string,
  { seq, state, version, turnTime }: Head,
): Pick<ForkRow, "body" | "state"> {
  const hasRow = persistence === "state";
  const entry: ForkedEntry = {
    kind: "forked",
    from: { key: keyText, seq },
    ...(state === undefined ? {} : { state }),
    version,
    turnTime,
    ...(hasRow ? { revision: 1 } : {}),
  };
  const row = hasRow ? { state: JSON.stringify(state), version, updatedAt: turnTime } : null;
  return { body: JSON.stringify(entry), state: row };
}
