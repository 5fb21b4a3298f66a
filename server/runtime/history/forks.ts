import type { ActorType } from "../../core/define/define.ts";
import { checkKey, encodeKey } from "../../core/define/keys.ts";
import { GreenroomError } from "../../core/errors.ts";
import { FIRST_REVISION } from "../../core/replay/alternative.ts";
import { fold, type Head } from "../../protocol/fold.ts";
import type { Entry, ForkedEntry } from "../../protocol/journal.ts";
import type { ForkRequest } from "../../protocol/past.ts";
import type { WhatIfRequest } from "../../protocol/what-if.ts";
import { laneOf, type Registry } from "../actor/registry.ts";
import type { Identities } from "../lane/identities.ts";
import type { Address } from "../ports/ids.ts";
import type { ForkRow } from "../ports/past.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { fenced, orUnavailable } from "../shared/refusals.ts";
import { Past, type RecordedActor, recordedActor } from "./past.ts";
import { tryWhatIf } from "./replay.ts";
import type { Sandbox } from "./sandbox.ts";

/** A seq of an actor to fork, and optionally a what-if that continues from there. */
export interface Fork extends ForkRequest {
  whatIf?: Omit<WhatIfRequest, "at">;
}

interface Deps extends Pick<NodeDeps, "store" | "clock" | "claim" | "types"> {
  registry: Registry;
  identities: Identities;
  sandbox: Sandbox;
}

/** Creates actors from past states of others. */
export class Forks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async fork({ type, keyText }: Address, { key, ...request }: Fork): Promise<Address> {
    const { registry, types } = this.#deps;
    checkKey(key, types.get(type).key);
    const address = { type, keyText: encodeKey(key) };
    const outcome = await orUnavailable(async () => {
      const parent = await recordedActor(this.#deps, { type, keyText });
      const { base, entries } = await this.#past(parent, request);
      const content = contentOf(parent.type, keyText, base, entries);
      return registry.whileClosed(address, () =>
        this.#write(address, { id: parent.id, keyText, seq: base.seq }, content),
      );
    });
    if (outcome === "fenced") throw fenced();
    if (outcome === "forked") return address;
    throw new GreenroomError("rejected", `${type} ${address.keyText} exists already; choose a new key for the fork.`);
  }

  /** The parent's head at the forked seq, and the what-if's entries after it. */
  async #past(
    parent: RecordedActor,
    { at, whatIf }: Omit<Fork, "key">,
  ): Promise<{ base: Head; entries: readonly Entry[] }> {
    const { store, clock } = this.#deps;
    if (whatIf === undefined) return { base: await new Past(store).headAt(parent.id, at), entries: [] };
    const tried = await tryWhatIf({ ...this.#deps, now: clock.now() }, parent, { at, ...whatIf });
    const wants = tried.steps.at(-1)?.wants;
    if (wants == null) return tried;
    const what = `The last message waits for effect ${wants.n}, "${wants.name}"`;
    throw new GreenroomError("rejected", `${what}: give it a result or an error, then fork again. Nothing was stored.`);
  }

  async #write(
    address: Address,
    parent: ForkRow["parent"],
    content: ForkContent,
  ): Promise<"forked" | "taken" | "fenced"> {
    const { store, clock, claim, identities } = this.#deps;
    const row = { id: await identities.of(address), parent, ...content, at: clock.now() };
    return store.fork(claim, laneOf(address), row);
  }
}

/** A fork's entries and newest revision. */
type ForkContent = Pick<ForkRow, "entries" | "state">;

function contentOf({ persistence }: ActorType, keyText: string, base: Head, following: readonly Entry[]): ForkContent {
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
