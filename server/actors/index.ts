import type { ActorType } from "../core/define.ts";
import { Counter } from "./counter.ts";
import { UserState } from "./user-state.ts";

/** Every actor type that the server runs. */
export const actorTypes: readonly ActorType[] = [UserState, Counter];
