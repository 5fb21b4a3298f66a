import type { Json } from "../../protocol/json.ts";
import { checkJson } from "../json/json.ts";
import type { ActorType } from "./define.ts";

/**
 * Brings a state from the version that it was written in to another: that of the code unless told.
 * @throws Error when either version is newer than the code, or a migration fails
 */
export function migrate(definition: ActorType, state: Json, version: number, to = definition.version): Json {
  const newest = Math.max(version, to);
  if (newest > definition.version) {
    throw new Error(`its state has version ${newest}, and this code knows none above ${definition.version}`);
  }
  let migrated: unknown = state;
  for (let from = version; from < to; from++) {
    const step = definition.migrate[from] as (state: unknown) => unknown;
    migrated = step(migrated);
  }
  checkJson(migrated, state);
  return migrated;
}
