import type { Json } from "../protocol/json.ts";
import type { ActorType } from "./define.ts";
import { checkJson } from "./json.ts";

/**
 * Brings a state from the version that it was written in to that of the code.
 * @throws Error when the state is newer than the code, or a migration fails
 */
export function migrate(definition: ActorType, state: Json, version: number): Json {
  if (version > definition.version) {
    throw new Error(`its state has version ${version}, and this code knows none above ${definition.version}`);
  }
  let migrated: unknown = state;
  for (let from = version; from < definition.version; from++) {
    const step = definition.migrate[from] as (state: unknown) => unknown;
    migrated = step(migrated);
  }
  checkJson(migrated, state);
  return migrated;
}
