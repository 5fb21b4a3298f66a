import type {
  ActorDetail,
  ActorName,
  ActorState,
  ActorSummary,
  ActorsQuery,
  Lifecycle,
  Page,
  TypeInfo,
} from "../protocol/actors.ts";
import type { CommandReply } from "../protocol/commands.ts";
import type { CheckpointInfo, Entry, JournalQuery } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type { Overview } from "../protocol/overview.ts";
import type { Position, Room } from "../protocol/stream.ts";
import type { Events } from "./events.ts";

/** A command for one actor. */
export interface CommandRequest {
  type: string;
  key: readonly string[];
  command: string;
  payload: unknown;
  idempotencyKey?: string | undefined;
}

/** A query for one actor. */
export interface QueryRequest {
  type: string;
  key: readonly string[];
  query: string;
  payload: unknown;
}

/** What the doors (HTTP, sockets, server actions, tools) may ask of the runtime. Every method throws `GreenroomError`. */
export interface Runtime {
  readonly events: Events;
  readonly inspector: Inspector;
  /** Sends a command and waits for the reply, which comes after the commit. */
  ask(request: CommandRequest): Promise<CommandReply>;
  /** Runs a query; the answer waits until all that it saw is durable. */
  query(request: QueryRequest): Promise<Json>;
  /**
   * Deletes an actor with all that is kept of it: state, journal, checkpoints, replies. That it was erased is kept.
   * `unavailable` while it has work, `not_found` when there is nothing of it.
   */
  erase(type: string, key: readonly string[]): Promise<void>;
  /**
   * Deletes a journal's entries below a seq, but none that recovery needs: it keeps what follows the last checkpoint but
   * one. Returns how many went. `not_found` when the actor was never used or keeps no journal.
   */
  pruneJournal(type: string, key: readonly string[], below: number): Promise<number>;
  /** Resolves when there is room for one more message: for doors that would rather wait than be refused. */
  room(): Promise<void>;
}

/** What memory alone knows of an actor, at this very moment. */
export interface Glance {
  lifecycle: Lifecycle;
  reason: string | null;
  inLine: number;
  /** ISO, UTC. */
  lastActiveAt: string;
}

/** The room of a list of actors. */
export type ListRoom = Extract<Room, { kind: "actors" }>;

/** Reads without waking: the store, merged with what memory knows. */
export interface Inspector {
  types(): TypeInfo[];
  overview(): Overview;
  actors(query: ActorsQuery): Promise<Page<ActorSummary>>;
  /** @throws GreenroomError `not_found` when it has never been used */
  actor(type: string, keyText: string): Promise<ActorDetail>;
  /** A page of a journal. @throws GreenroomError `not_found` when it was never used, or keeps no journal */
  journal(type: string, keyText: string, query: JournalQuery): Promise<Page<Entry>>;
  checkpoints(type: string, keyText: string): Promise<CheckpointInfo[]>;
  /** The newest state; or, where there is a journal, the one at a seq. */
  state(type: string, keyText: string, at: number | undefined): Promise<ActorState>;
  /** What memory knows now, without asking the store; null for an actor that is not in memory (it is passivated). */
  glance(type: string, keyText: string): Glance | null;
  /** Summaries of the named actors, in order; null for those never used. At most `MAX_WATCHED`. */
  summaries(names: readonly ActorName[]): Promise<(ActorSummary | null)[]>;
  /**
   * How many actors were created after one position and up to another that a list room would show and does not; at most
   * `MAX_COUNTED`.
   */
  countCreated(list: ListRoom, after: Position, until: Position): Promise<number>;
  /** How far each lane has committed, and the newest actor: a reading begun after this call sees at least that much. */
  position(): Position;
}
