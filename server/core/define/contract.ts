import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";

/** A schema that validates and describes itself: Standard Schema with its JSON Schema extension (zod 4.2 and later). */
export type Schema<Input = unknown, Output = Input> = {
  readonly "~standard": StandardSchemaV1.Props<Input, Output> & StandardJSONSchemaV1.Props<Input, Output>;
};
/** Schemas by command or query name. */
export type Schemas = Readonly<Record<string, Schema>>;
/** The input of a schema: what a sender passes. */
export type Input<S extends Schema> = StandardSchemaV1.InferInput<S>;
/** The output of a schema: what a handler receives. */
export type Output<S extends Schema> = StandardSchemaV1.InferOutput<S>;

/**
 * What others need to send to an actor type: its name, key segments and commands. Every type that `defineActor` returns
 * is a contract; `contract` makes one before the type exists, for types that send to each other.
 */
export interface Contract<C extends Schemas = Schemas> {
  readonly type: string;
  readonly key: readonly string[];
  readonly commands: C;
}

/** Declares a contract before its type: `defineActor({ ...contract, … })`. Its literal types are preserved. */
export function contract<
  const Type extends string,
  const Names extends readonly [string, ...string[]],
  C extends Schemas,
>(definition: { type: Type; key: Names; commands: C }): { type: Type; key: Names; commands: C } {
  return definition;
}
