import type { Persistence, Retention } from "../../protocol/actors.ts";
import type { TellReply } from "../../protocol/commands.ts";
import type { Json } from "../../protocol/journal.ts";
import { checkJson } from "../json/json.ts";
import { fnv1a } from "../random.ts";
import { type Duration, durationMs } from "../time.ts";
import { DEFAULT_ATTEMPTS, MAX_ATTEMPTS } from "../turn/retry.ts";
import type { JournalContext, NamedKey, QueryContext, TurnContext } from "./context.ts";
import type { Contract, Input, Output, Schema, Schemas } from "./contract.ts";
import type { EffectCall } from "./effects.ts";

/** Whether a failed mailbox message blocks those behind it until it is retried ("hold"), or not ("skip"). */
export type OnFailure = "hold" | "skip";

type Reply = Json | undefined | void;
type CommandContext<P, State, Names extends readonly string[], C extends Schemas> = P extends "journal"
  ? JournalContext<State, Names, C>
  : TurnContext<State, Names, C>;
type Returned<P> = P extends "journal" ? Reply | Generator<EffectCall, Reply, Json> : Reply;

type Handlers<P, State, Names extends readonly string[], C extends Schemas, Q extends Schemas> = {
  [K in keyof C]: (c: CommandContext<P, State, Names, C>, payload: Output<C[K]>) => Returned<P>;
} & {
  [K in keyof Q]: (c: QueryContext<State, Names>, payload: Output<Q[K]>) => Reply;
};

/** Each migrates a state from the version that is its key to the next one. */
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
  /** Lower-case letters, digits and dashes. */
  type: Type;
  /** The names of one to eight key segments. */
  key: Names;
  persistence: P;
  /**
   * The schema of the state, an object or a list. A stored state that does not match it is refused when it is loaded.
   */
  state: S;
  /** The version of the state's shape; default 1. Raise it and add a migration when stored states no longer fit. */
  version?: number;
  /** `migrate[n]` converts a state of version `n` to version `n + 1`. */
  migrate?: Migrations;
  /** The state before the first turn. */
  initial: (key: NamedKey<Names>, now: string) => Output<S>;
  commands: C;
  queries: Q;
  on: H & Record<Exclude<keyof H, keyof C | keyof Q>, never>;
  /** How long an idle actor stays in memory. */
  passivateAfter: Duration;
  /** Attempts for a mailbox message before it becomes a dead letter; default 10, maximum 100. */
  attempts?: number;
  /** Whether a failed message blocks those behind it until it is retried; default `"hold"`. */
  onFailure?: OnFailure;
  /** For a journal: how many entries lie between two checkpoints of the whole state; default 100. */
  checkpointEvery?: P extends "journal" ? number : never;
  /** For a durable state: whether each change is also stored as an entry, from now on; default false. */
  history?: P extends "state" ? boolean : never;
  /** How much of the journal or history is retained; default `"all"`. */
  retention?: Retention;
}

/** A command or query as the runtime sees it. */
export interface Operation {
  kind: "command" | "query";
  name: string;
  schema: Schema;
}

/** An actor type as the runtime sees it. The types of its handlers are erased, except for the typed client. */
export interface ActorType<Client = unknown, C extends Schemas = Schemas> extends Contract<C> {
  readonly persistence: Persistence;
  readonly stateSchema: Schema;
  readonly version: number;
  /** A digest of the handlers' source, eight hex digits. Entries record which code made them. */
  readonly code: string;
  readonly migrate: Readonly<Record<number, (state: never) => unknown>>;
  readonly initial: (key: Readonly<Record<string, string>>, now: string) => unknown;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly handlers: ReadonlyMap<string, (c: never, payload: never) => unknown>;
  readonly passivateAfterMs: number;
  readonly attempts: number;
  readonly onFailure: OnFailure;
  /** Entries between two checkpoints. */
  readonly checkpointEvery: number;
  /** Whether it has a history: true for a journal, and for a durable state with `history: true`. */
  readonly history: boolean;
  readonly retention: Retention;
  /** Never set; carries the client's type. */
  readonly client?: Client;
}

type Answer<F> = F extends (...args: never[]) => infer R
  ? AnswerOf<R extends Generator<unknown, infer G, never> ? G : R>
  : never;
type AnswerOf<R> = R extends Json ? R : null;

/** A client of one actor: a method for each command and query, and `tell` with one for each command. */
export type ActorClient<H, C extends Schemas, Q extends Schemas> = {
  readonly [K in (keyof C | keyof Q) & keyof H & string]: (
    payload: Input<(C & Q)[K]>,
    options?: AskOptions,
  ) => Promise<Answer<H[K]>>;
} & {
  /** Puts the command into the actor's mailbox. Resolves when it is durable there. */
  readonly tell: {
    readonly [K in keyof C & keyof H & string]: (payload: Input<C[K]>, options?: AskOptions) => Promise<TellReply>;
  };
};

/** Options of a message. */
export interface AskOptions {
  /** A repeat with the same key (per actor) returns the first reply and runs nothing. */
  idempotencyKey?: string;
}

/** Default number of entries between two checkpoints. */
const CHECKPOINT_EVERY = 100;

const typeName = /^[a-z][a-z0-9-]{0,63}$/;
const operationName = /^[a-zA-Z][a-zA-Z0-9]{0,63}$/;

/**
 * Defines a type of durable actor. Payloads, replies and clients are inferred.
 * @throws TypeError when a name, the key or an option is malformed
 */
export function defineActor<
  const Type extends string,
  const P extends Persistence,
  const Names extends readonly [string, ...string[]],
  S extends Schema<unknown, object>,
  C extends Schemas,
  Q extends Schemas,
  H extends Handlers<P, Output<S>, Names, C, Q>,
>(d: Definition<Type, P, Names, S, C, Q, H>): ActorType<ActorClient<H, C, Q>, C> {
  if (!typeName.test(d.type)) throw new TypeError(`The actor type "${d.type}" must match ${typeName}.`);
  if (d.key.length < 1 || d.key.length > 8 || new Set(d.key).size !== d.key.length) {
    throw new TypeError(`${d.type}: a key must have one to eight segments with different names.`);
  }
  const operations = new Map<string, Operation>();
  const handlers = new Map<string, (c: never, payload: never) => unknown>();
  const add = (kind: Operation["kind"], schemas: Schemas) => {
    for (const [name, schema] of Object.entries(schemas)) {
      const handler = d.on[name as keyof H];
      if (!operationName.test(name)) throw new TypeError(`${d.type}: "${name}" must match ${operationName}.`);
      if (name === "tell")
        throw new TypeError(`${d.type}: the name "tell" is reserved: clients use it to put commands into the mailbox.`);
      if (operations.has(name)) throw new TypeError(`${d.type}: "${name}" is both a command and a query.`);
      if (typeof handler !== "function") throw new TypeError(`${d.type}: "${name}" has no handler.`);
      operations.set(name, { kind, name, schema });
      handlers.set(name, handler as (c: never, payload: never) => unknown);
    }
  };
  add("command", d.commands);
  add("query", d.queries);
  const history = d.persistence === "journal" || d.history === true;
  return {
    type: d.type,
    key: d.key,
    commands: d.commands,
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
    attempts: checkedAttempts(d.type, d.attempts ?? DEFAULT_ATTEMPTS),
    onFailure: d.onFailure ?? "hold",
    checkpointEvery: checkedInterval(d.type, d.checkpointEvery ?? CHECKPOINT_EVERY),
    history,
    retention: checkedRetention(d.type, d.retention ?? "all", history),
  };
}

function checkedInterval(type: string, entries: number): number {
  if (Number.isInteger(entries) && entries >= 1) return entries;
  throw new TypeError(`${type}: checkpointEvery must be an integer from 1.`);
}

function checkedAttempts(type: string, attempts: number): number {
  if (Number.isInteger(attempts) && attempts >= 1 && attempts <= MAX_ATTEMPTS) return attempts;
  throw new TypeError(`${type}: attempts must be an integer from 1 to ${MAX_ATTEMPTS}.`);
}

function checkedVersion(type: string, version: number, migrate: Migrations): number {
  if (!Number.isInteger(version) || version < 1) throw new TypeError(`${type}: version must be an integer from 1.`);
  for (let from = 1; from < version; from++) {
    if (migrate[from] === undefined) throw new TypeError(`${type}: the migration from version ${from} is missing.`);
  }
  return version;
}

function checkedRetention(type: string, retention: Retention, hasHistory: boolean): Retention {
  if (retention === "all") return retention;
  if (!hasHistory) throw new TypeError(`${type}: retention needs a journal, or a durable state with history: true.`);
  const [[unit, count] = ["", 0], ...others] = Object.entries(retention);
  const isKnown = unit === "entries" || unit === "days";
  if (isKnown && Number.isInteger(count) && count >= 1 && others.length === 0) return retention;
  throw new TypeError(`${type}: retention must be "all", { entries: N } or { days: N }, where N is an integer from 1.`);
}

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
