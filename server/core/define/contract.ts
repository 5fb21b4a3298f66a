import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";

/** A schema that both checks and describes itself: Standard Schema with its JSON Schema extension (zod 4.2 and later). */
export type Schema<Input = unknown, Output = Input> = {
  readonly "~standard": StandardSchemaV1.Props<Input, Output> & StandardJSONSchemaV1.Props<Input, Output>;
};
/** Schemas by the name of a command or query. */
export type Schemas = Readonly<Record<string, Schema>>;
/** What a sender may pass. */
export type Input<S extends Schema> = StandardSchemaV1.InferInput<S>;
/** What a handler gets. */
export type Output<S extends Schema> = StandardSchemaV1.InferOutput<S>;

/**
 * What others must know of an actor type to send to it: its name, its key's segments, its commands. A type that
 * `defineActor` made is one; `contract` makes one ahead of the type, for types that send to each other.
 */
export interface Contract<C extends Schemas = Schemas> {
  readonly type: string;
  readonly key: readonly string[];
  readonly commands: C;
}

/** Tells of a type before it is defined: `defineActor({ ...contract, … })`. The types of all its parts are kept. */
export function contract<
  const Type extends string,
  const Names extends readonly [string, ...string[]],
  C extends Schemas,
>(told: { type: Type; key: Names; commands: C }): { type: Type; key: Names; commands: C } {
  return told;
}
