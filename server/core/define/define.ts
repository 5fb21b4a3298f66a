import type { Retention } from "../../protocol/actors.ts";
import type { TellReply } from "../../protocol/commands.ts";
import type { Json } from "../../protocol/json.ts";
import { type Duration, durationMs } from "../duration.ts";
import { fnv1a } from "../random.ts";
import { DEFAULT_ATTEMPTS, MAX_ATTEMPTS } from "../turn/retry.ts";
import type { JournalContext, NamedKey, QueryContext, TurnContext } from "./context.ts";
import type { Contract, Input, Output, Schema, Schemas } from "./contract.ts";
import type { EffectCall } from "./effects.ts";
import { checkedRetention } from "./retention.ts";

/** What a failed message from the mailbox does to those behind it: they wait for it, or go on without it. */
export type OnFailure = "hold" | "skip";

/** How an actor's state is kept: in one row with a revision, or by a journal of what happened. */
export type Persistence = "state" | "journal";

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
  /** How often a message from the mailbox is tried before it becomes a dead letter; 10 times unless told, at most 100. */
  attempts?: number;
  /** Whether a message that failed holds up those behind it until it is tried again; `"hold"` unless told. */
  onFailure?: OnFailure;
  /** Of a journal: after how many entries the whole state is kept as well; 100 unless told. */
  checkpointEvery?: P extends "journal" ? number : never;
  /** Of a durable state: whether each change is kept as an entry too, from now on; not unless told. */
  history?: P extends "state" ? boolean : never;
  /** How much of the journal or the history is kept: all unless told. */
  retention?: Retention;
}

/** A command or query as the runtime sees it. */
export interface Operation {
  kind: "command" | "query";
  name: string;
  schema: Schema;
}

/** An actor type: its definition with the types of its handlers erased, and kept only for the typed client. */
export interface ActorType<Client = unknown, C extends Schemas = Schemas> extends Contract<C> {
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
  readonly attempts: number;
  readonly onFailure: OnFailure;
  /** Entries between two checkpoints. */
  readonly checkpointEvery: number;
  /** Whether its past can be looked at: always that of a journal, and of a durable state if each change is kept too. */
  readonly history: boolean;
  readonly retention: Retention;
  /** Never set: it carries the client's type. */
  readonly client?: Client;
}

type Answer<F> = F extends (...args: never[]) => infer R
  ? AnswerOf<R extends Generator<unknown, infer G, never> ? G : R>
  : never;
type AnswerOf<R> = R extends Json ? R : null;

/** One actor as its callers see it: a method for each command and query; and `tell`, with one for each command. */
export type ActorClient<H, C extends Schemas, Q extends Schemas> = {
  readonly [K in (keyof C | keyof Q) & keyof H & string]: (
    payload: Input<(C & Q)[K]>,
    options?: AskOptions,
  ) => Promise<Answer<H[K]>>;
} & {
  /** Puts the command into the actor's mailbox, and resolves as soon as it is durable there. */
  readonly tell: {
    readonly [K in keyof C & keyof H & string]: (payload: Input<C[K]>, options?: AskOptions) => Promise<TellReply>;
  };
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
>(d: Definition<Type, P, Names, S, C, Q, H>): ActorType<ActorClient<H, C, Q>, C> {
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
      if (name === "tell") throw new TypeError(`${d.type}: "tell" is how clients put commands into the mailbox.`);
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
  throw new TypeError(`${type}: a checkpoint is taken every so many entries, at least 1.`);
}

function checkedAttempts(type: string, attempts: number): number {
  if (Number.isInteger(attempts) && attempts >= 1 && attempts <= MAX_ATTEMPTS) return attempts;
  throw new TypeError(`${type}: a message is tried 1 to ${MAX_ATTEMPTS} times.`);
}

function checkedVersion(type: string, version: number, migrate: Migrations): number {
  if (!Number.isInteger(version) || version < 1) throw new TypeError(`${type}: a version is a whole number from 1.`);
  for (let from = 1; from < version; from++) {
    if (migrate[from] === undefined) throw new TypeError(`${type}: there is no migration of version ${from}.`);
  }
  return version;
}
