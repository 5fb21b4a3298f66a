import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import type { Json } from "../protocol/json.ts";
import { type Duration, durationMs } from "./duration.ts";
import type { Random } from "./random.ts";

/** A schema that both checks and describes itself: Standard Schema with its JSON Schema extension (zod 4.2 and later). */
export type Schema<Input = unknown, Output = Input> = {
  readonly "~standard": StandardSchemaV1.Props<Input, Output> & StandardJSONSchemaV1.Props<Input, Output>;
};
type Schemas = Readonly<Record<string, Schema>>;
type Input<S extends Schema> = StandardSchemaV1.InferInput<S>;
type Output<S extends Schema> = StandardSchemaV1.InferOutput<S>;

/** A key by the names of its segments. */
export type NamedKey<Names extends readonly string[]> = { readonly [N in Names[number]]: string };

/** What a query's handler works with. */
export interface QueryContext<State, Names extends readonly string[] = readonly string[]> {
  readonly key: NamedKey<Names>;
  readonly state: DeepReadonly<State>;
  /** When the message was accepted, never earlier than the turn before. ISO 8601, UTC. */
  readonly now: string;
}

/** What a command's handler works with. `state` is a draft: change it in place. */
export interface TurnContext<State, Names extends readonly string[] = readonly string[]> {
  readonly key: NamedKey<Names>;
  readonly state: State;
  /** When the message was accepted, never earlier than the turn before. ISO 8601, UTC. */
  readonly now: string;
  /** A number in [0, 1), the same whenever this message is processed. */
  random: Random;
  /** A UUID, the same whenever this message is processed. */
  uuid(): string;
  /** Refuses the message: nothing changes, and the caller is told the reason under the code `rejected`. */
  reject(reason: string): never;
}

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
type Reply = Json | undefined | void;

type Handlers<State, Names extends readonly string[], C extends Schemas, Q extends Schemas> = {
  [K in keyof C]: (c: TurnContext<State, Names>, payload: Output<C[K]>) => Reply;
} & {
  [K in keyof Q]: (c: QueryContext<State, Names>, payload: Output<Q[K]>) => Reply;
};

interface Definition<
  Type extends string,
  Names extends readonly string[],
  S extends Schema<unknown, object>,
  C extends Schemas,
  Q extends Schemas,
  H extends Handlers<Output<S>, Names, C, Q>,
> {
  /** The type's name: lower-case letters, digits and dashes. */
  type: Type;
  /** The names of the key's segments: one to eight. */
  key: Names;
  /** One row with a revision; no journal. */
  persistence: "state";
  /** What a state, an object or a list, must look like; a stored one that does not is refused when it is loaded. */
  state: S;
  /** The state before the first turn. */
  initial: (key: NamedKey<Names>, now: string) => Output<S>;
  commands: C;
  queries: Q;
  on: H & Record<Exclude<keyof H, keyof C | keyof Q>, never>;
  /** How long it stays in memory with nothing to do. */
  passivateAfter: Duration;
}

/** A command or query as the runtime sees it. */
export interface Operation {
  kind: "command" | "query";
  name: string;
  schema: Schema;
}

/** An actor type: its definition with the types of its handlers erased, and kept only for the typed client. */
export interface ActorType<Client = unknown> {
  readonly type: string;
  readonly keyNames: readonly string[];
  readonly persistence: "state";
  readonly stateSchema: Schema;
  readonly initial: (key: Readonly<Record<string, string>>, now: string) => unknown;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly handlers: ReadonlyMap<string, (c: never, payload: never) => unknown>;
  readonly passivateAfterMs: number;
  /** Never set: it carries the client's type. */
  readonly client?: Client;
}

type Answer<F> = F extends (...args: never[]) => infer R ? (R extends Json ? R : null) : never;

/** One actor as its callers see it: a method for each command and query. */
export type ActorClient<H, O extends Schemas> = {
  readonly [K in keyof O & keyof H & string]: (payload: Input<O[K]>, options?: AskOptions) => Promise<Answer<H[K]>>;
};

/** How a message is to be sent. */
export interface AskOptions {
  /** A repeat under the same key (per actor) is answered with the first reply and runs nothing. */
  idempotencyKey?: string;
}

const typeName = /^[a-z][a-z0-9-]{0,63}$/;
const operationName = /^[a-zA-Z][a-zA-Z0-9]{0,63}$/;

/**
 * Defines a type of durable actor. Everything is inferred: handlers know their payloads, clients the replies.
 * @throws TypeError when a name, the key or a duration is malformed: a mistake in code, found when it is loaded
 */
export function defineActor<
  const Type extends string,
  const Names extends readonly [string, ...string[]],
  S extends Schema<unknown, object>,
  C extends Schemas,
  Q extends Schemas,
  H extends Handlers<Output<S>, Names, C, Q>,
>(d: Definition<Type, Names, S, C, Q, H>): ActorType<ActorClient<H, C & Q>> {
  if (!typeName.test(d.type)) throw new TypeError(`Actor type "${d.type}" must match ${typeName}.`);
  if (d.key.length < 1 || d.key.length > 8 || new Set(d.key).size !== d.key.length) {
    throw new TypeError(`${d.type}: a key has one to eight segments with different names.`);
  }
  const operations = new Map<string, Operation>();
  const handlers = new Map<string, (c: never, payload: never) => unknown>();
  const add = (kind: Operation["kind"], schemas: Schemas) => {
    for (const [name, schema] of Object.entries(schemas)) {
      const handler = d.on[name as keyof H];
      if (!operationName.test(name)) throw new TypeError(`${d.type}: "${name}" must match ${operationName}.`);
      if (operations.has(name)) throw new TypeError(`${d.type}: "${name}" is both a command and a query.`);
      if (typeof handler !== "function") throw new TypeError(`${d.type}: "${name}" has no handler.`);
      operations.set(name, { kind, name, schema });
      handlers.set(name, handler as (c: never, payload: never) => unknown);
    }
  };
  add("command", d.commands);
  add("query", d.queries);
  return {
    type: d.type,
    keyNames: d.key,
    persistence: d.persistence,
    stateSchema: d.state,
    initial: d.initial as ActorType["initial"],
    operations,
    handlers,
    passivateAfterMs: durationMs(d.passivateAfter),
  };
}
