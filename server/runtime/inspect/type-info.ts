import type { ActorType } from "../../core/define/define.ts";
import type { TypeInfo } from "../../protocol/actors.ts";
import type { Json } from "../../protocol/journal.ts";
import type { Limits } from "../shared/limits.ts";

/** Describes a type for the console and the API, with the JSON Schemas of its commands and queries. */
export function describeType(definition: ActorType, { passivateAfterMs }: Pick<Limits, "passivateAfterMs">): TypeInfo {
  const named = (kind: "command" | "query") =>
    [...definition.operations.values()]
      .filter((operation) => operation.kind === kind)
      .map(({ name, schema }) => ({
        name,
        schema: plainJson(schema["~standard"].jsonSchema.input({ target: "draft-2020-12" })),
      }));
  return {
    type: definition.type,
    key: [...definition.key],
    persistence: definition.persistence,
    history: definition.history,
    retention: definition.retention,
    passivateAfterMs: passivateAfterMs ?? definition.passivateAfterMs,
    commands: named("command"),
    queries: named("query"),
  };
}

/** Strips a value to JSON: schema libraries attach methods to their schemas. */
function plainJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
