import type { ActorType } from "../../core/define/define.ts";
import { checkKey, encodeKey } from "../../core/define/keys.ts";
import { GreenroomError } from "../../core/errors.ts";
import { FIRST_REVISION } from "../../core/replay/alternative.ts";
import { fold, type Head } from "../../protocol/fold.ts";
import type { Entry, ForkedEntry } from "../../protocol/journal.ts";
import { laneOf, type Registry } from "../actor/registry.ts";
import type { Fork } from "../api.ts";
import type { Identities } from "../lane/identities.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { Claim } from "../ports/leases.ts";
import type { ForkRow } from "../ports/past.ts";
import type { Store } from "../ports/store.ts";
import { fenced, unavailable } from "../shared/refusals.ts";
import type { Types } from "../shared/types.ts";
import { Past } from "./past.ts";
import type { Sandbox } from "./sandbox.ts";
import { tryWhatIf } from "./what-if.ts";
import { type WithHistory, withHistory } from "./with-history.ts";

/** What forks need. */
export interface ForksOptions {
  store: Store;
  clock: Clock;
  claim: Claim;
  types: Types;
  registry: Registry;
  identities: Identities;
  sandbox: Sandbox;
}

/** Keeps moments of actors, and what might have come after them, as new actors. */
export class Forks {
  readonly #with: ForksOptions;

  constructor(options: ForksOptions) {
    this.#with = options;
  }

  /** See `Runtime.fork`. */
  async fork(type: string, keyText: string, { key, ...request }: Fork): Promise<Address> {
    const { registry, types } = this.#with;
    checkKey(key, types.get(type).key);
    const address = { type, keyText: encodeKey(key) };
    const outcome = await sayUnavailable(async () => {
      const parent = await withHistory(this.#with, type, keyText);
      const { base, entries } = await this.#past(parent, request);
      const begin = beginOf(parent.type, keyText, base, entries);
      return registry.whileClosed(address, () =>
        sayUnavailable(() => this.#write(address, { id: parent.id, keyText }, begin, base.seq)),
      );
    });
    if (outcome === "fenced") throw fenced();
    if (outcome === "forked") return address;
    throw new GreenroomError("rejected", `${type} ${address.keyText} has been used before; a fork needs a new key.`);
  }

  /** What the new actor is to be: a moment of the other one, and the entries that come after it. */
  async #past(
    parent: WithHistory,
    { at, whatIf }: Omit<Fork, "key">,
  ): Promise<{ base: Head; entries: readonly Entry[] }> {
    const { store, clock } = this.#with;
    if (whatIf === undefined) return { base: await new Past(store).headAt(parent.id, at), entries: [] };
    const tried = await tryWhatIf({ ...this.#with, now: clock.now() }, parent.type, parent, { at, ...whatIf });
    const wants = tried.steps.at(-1)?.wants;
    if (wants == null) return tried;
    const what = `Its last message asks for effect ${wants.n}, "${wants.name}", and nothing answers it`;
    throw new GreenroomError("rejected", `${what}: give a result or let it fail, then keep it. Nothing was kept.`);
  }

  async #write(
    address: Address,
    parent: { id: ActorId; keyText: string },
    begin: Pick<ForkRow, "entries" | "state">,
    seq: number,
  ): Promise<"forked" | "taken" | "fenced"> {
    const { store, clock, claim, identities } = this.#with;
    const row = { id: await identities.of(address), parent: { ...parent, seq }, ...begin, at: clock.now() };
    return store.fork(claim, laneOf(address), row);
  }
}

/** All that a fork of an actor begins with: that it is one, what follows, and its newest revision where it has a durable state. */
function beginOf(
  { persistence }: ActorType,
  keyText: string,
  base: Head,
  following: readonly Entry[],
): Pick<ForkRow, "entries" | "state"> {
  const { seq, state, version, turnTime } = base;
  const hasRow = persistence === "state";
  const forked: ForkedEntry = {
    kind: "forked",
    from: { key: keyText, seq },
    ...(state === undefined ? {} : { state }),
    version,
    turnTime,
    ...(hasRow ? { revision: FIRST_REVISION } : {}),
    ...(following.length === 0 ? {} : { whatIf: following.length }),
  };
  const entries = [forked, ...following.map(({ body }) => body)].map((body) => ({
    kind: body.kind,
    body: JSON.stringify(body),
  }));
  return { entries, state: hasRow ? newestRevision(base, following) : null };
}

function newestRevision(base: Head, following: readonly Entry[]): ForkRow["state"] {
  const newest = fold(structuredClone(base), structuredClone(following));
  const turns = following.flatMap(({ body }) => (body.kind === "turn" ? [body.revision ?? FIRST_REVISION] : []));
  const { state, version, turnTime: updatedAt } = newest;
  if (state === undefined) return null;
  return { revision: turns.at(-1) ?? FIRST_REVISION, state: JSON.stringify(state), version, updatedAt };
}

async function sayUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof GreenroomError ? error : unavailable(error);
  }
}
