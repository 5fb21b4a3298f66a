import type { Json } from "../../protocol/journal.ts";
import { checkJson } from "../json/json.ts";
import type { ActorType } from "./define.ts";

/**
 * Migrates a state from its version to another one, by default the current one.
 * @throws Error when either version is newer than the code, or a migration fails
 */
export function migrate(definition: ActorType, state: Json, version: number, to = definition.version): Json {
  const newest = Math.max(version, to);
  if (newest > definition.version) {
    throw new Error(`its state has version ${newest}, but the newest version this code knows is ${definition.version}`);
  }
  let migrated: unknown = state;
  for (let from = version; from < to; from++) {
    const step = definition.migrate[from] as (state: unknown) => unknown;
    migrated = step(migrated);
  }
  checkJson(migrated, state);
  return migrated;
}
