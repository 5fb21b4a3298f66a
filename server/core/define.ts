import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import type { Json } from "../protocol/json.ts";
import { type Duration, durationMs } from "./duration.ts";
import type { EffectCall, EffectCallContext, EffectOptions } from "./effects.ts";
import { fnv1a, type Random } from "./random.ts";

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

/** What a command's handler of an actor with a journal works with. */
export interface JournalContext<State, Names extends readonly string[] = readonly string[]>
  extends TurnContext<State, Names> {
  /**
   * Calls the outside world, and records what came of it before the handler goes on: `yield* c.effect(name, fn)` gives
   * what `fn` resolves to, which must be JSON. After a crash a recorded effect is not called again.
   * @throws EffectFailed when it failed for good
   */
  effect<R extends Json | void>(
    name: string,
    fn: (context: EffectCallContext) => R | Promise<R>,
    options?: EffectOptions,
  ): Generator<EffectCall, R extends Json ? R : null, Json>;
}

/** How an actor's state is kept: in one row with a revision, or by a journal of what happened. */
export type Persistence = "state" | "journal";

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
type Reply = Json | undefined | void;
type CommandContext<P, State, Names extends readonly string[]> = P extends "journal"
  ? JournalContext<State, Names>
  : TurnContext<State, Names>;
type Returned<P> = P extends "journal" ? Reply | Generator<EffectCall, Reply, Json> : Reply;

type Handlers<P, State, Names extends readonly string[], C extends Schemas, Q extends Schemas> = {
  [K in keyof C]: (c: CommandContext<P, State, Names>, payload: Output<C[K]>) => Returned<P>;
} & {
  [K in keyof Q]: (c: QueryContext<State, Names>, payload: Output<Q[K]>) => Reply;
};

/** Brings a state from the version that is its name to the next one. */
type Migrations = Readonly<Record<number, (state: never) => unknown>>;

interface Definition<
  Type extends string,
  P extends Persistence,
  Names extends readonly string[],
  S extends Schema<unknown, object>,
  C extends Schemas,
  Q extends Schemas,
  H extends Handlers<P, Output<S>, Names, C, Q>,
> {
  /** The type's name: lower-case letters, digits and dashes. */
  type: Type;
  /** The names of the key's segments: one to eight. */
  key: Names;
  persistence: P;
  /** What a state, an object or a list, must look like; a stored one that does not is refused when it is loaded. */
  state: S;
  /** The version of the state's shape; 1 unless told. Raise it with a migration when stored states no longer fit. */
  version?: number;
  /** `migrate[n]` makes a state of version `n + 1` from one of version `n`. */
  migrate?: Migrations;
  /** The state before the first turn. */
  initial: (key: NamedKey<Names>, now: string) => Output<S>;
  commands: C;
  queries: Q;
  on: H & Record<Exclude<keyof H, keyof C | keyof Q>, never>;
  /** How long it stays in memory with nothing to do. */
  passivateAfter: Duration;
  /** Of a journal: after how many entries the whole state is kept as well; 100 unless told. */
  checkpointEvery?: P extends "journal" ? number : never;
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
  readonly persistence: Persistence;
  readonly stateSchema: Schema;
  readonly version: number;
  /** Changes whenever the source of a handler does: entries say which code made them. Eight hex digits. */
  readonly code: string;
  readonly migrate: Readonly<Record<number, (state: never) => unknown>>;
  readonly initial: (key: Readonly<Record<string, string>>, now: string) => unknown;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly handlers: ReadonlyMap<string, (c: never, payload: never) => unknown>;
  readonly passivateAfterMs: number;
  /** Entries between two checkpoints. */
  readonly checkpointEvery: number;
  /** Never set: it carries the client's type. */
  readonly client?: Client;
}

type Answer<F> = F extends (...args: never[]) => infer R
  ? AnswerOf<R extends Generator<unknown, infer G, never> ? G : R>
  : never;
type AnswerOf<R> = R extends Json ? R : null;

/** One actor as its callers see it: a method for each command and query. */
export type ActorClient<H, O extends Schemas> = {
  readonly [K in keyof O & keyof H & string]: (payload: Input<O[K]>, options?: AskOptions) => Promise<Answer<H[K]>>;
};

/** How a message is to be sent. */
export interface AskOptions {
  /** A repeat under the same key (per actor) is answered with the first reply and runs nothing. */
  idempotencyKey?: string;
}

/** Entries between two checkpoints, where a type does not say. */
const CHECKPOINT_EVERY = 100;

const typeName = /^[a-z][a-z0-9-]{0,63}$/;
const operationName = /^[a-zA-Z][a-zA-Z0-9]{0,63}$/;

/**
 * Defines a type of durable actor. Everything is inferred: handlers know their payloads, clients the replies.
 * @throws TypeError when a name, the key or a duration is malformed: a mistake in code, found when it is loaded
 */
export function defineActor<
  const Type extends string,
  const P extends Persistence,
  const Names extends readonly [string, ...string[]],
  S extends Schema<unknown, object>,
  C extends Schemas,
  Q extends Schemas,
  H extends Handlers<P, Output<S>, Names, C, Q>,
>(d: Definition<Type, P, Names, S, C, Q, H>): ActorType<ActorClient<H, C & Q>> {
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
    version: checkedVersion(d.type, d.version ?? 1, d.migrate ?? {}),
    code: fnv1a([...handlers.values()].map(String).join("\n"))
      .toString(16)
      .padStart(8, "0"),
    migrate: d.migrate ?? {},
    initial: d.initial as ActorType["initial"],
    operations,
    handlers,
    passivateAfterMs: durationMs(d.passivateAfter),
    checkpointEvery: checkedInterval(d.type, d.checkpointEvery ?? CHECKPOINT_EVERY),
  };
}

function checkedInterval(type: string, entries: number): number {
  if (Number.isInteger(entries) && entries >= 1) return entries;
  throw new TypeError(`${type}: a checkpoint is taken every so many entries, at least 1.`);
}

function checkedVersion(type: string, version: number, migrate: Migrations): number {
  if (!Number.isInteger(version) || version < 1) throw new TypeError(`${type}: a version is a whole number from 1.`);
  for (let from = 1; from < version; from++) {
    if (migrate[from] === undefined) throw new TypeError(`${type}: there is no migration of version ${from}.`);
  }
  return version;
}
