import type { Intervention } from "../protocol/actors.ts";
import type { CommandReply, TellReply } from "../protocol/commands.ts";
import type { Json } from "../protocol/json.ts";
import type { RedriveInfo, RedriveRequest } from "../protocol/mail.ts";
import type { CheckpointsWritten } from "../protocol/past.ts";
import type { Room } from "../protocol/stream.ts";
import type { Fork } from "./history/forks.ts";
import type { ListRoom, LiveStatus, StoreInspector } from "./inspect/inspector.ts";
import type { MailInspector } from "./inspect/mailboxes.ts";
import type { PastInspector } from "./inspect/past.ts";
import type { Address } from "./ports/ids.ts";
import type { Events } from "./shared/events.ts";

/** A command for one actor. */
export interface CommandRequest {
  type: string;
  key: readonly string[];
  command: string;
  payload: unknown;
  idempotencyKey?: string | undefined;
  /** The id of the message that a person sends once more with this one. */
  resends?: string | undefined;
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
  /** Reads mailboxes, reminders and dead letters. */
  readonly mail: MailReader;
  /** Reads what actors with a journal were. */
  readonly past: PastReader;
  /** Sends a command and waits for the reply, which comes after the commit. */
  ask(request: CommandRequest): Promise<CommandReply>;
  /** Puts a command into the actor's mailbox; resolves when it is durable there. */
  tell(request: CommandRequest): Promise<TellReply>;
  /** Starts a job that puts dead letters back into their mailboxes. `not_found` when there are none. */
  redrive(request: RedriveRequest): Promise<RedriveInfo>;
  /** Ends such a job: letters that have not gone back stay. */
  stopRedrive(id: string): Promise<void>;
  /** Runs a query; the answer waits until all that it saw is durable. */
  query(request: QueryRequest): Promise<Json>;
  /**
   * Does to an actor what a person decided. What becomes of a message is decided when this resolves, and durable with the
   * turn that follows.
   * @throws GreenroomError `unavailable` while it has work that stands in the way, `not_found` when there is nothing to be
   * done so, `forbidden` for a crash that the server was not started for
   */
  intervene(type: string, key: readonly string[], what: Intervention): Promise<void>;
  /** Whether actors may be crashed on purpose. */
  readonly allowsChaos: boolean;
  /**
   * Deletes an actor with all that is kept of it: state, journal, checkpoints, replies. That it was erased is kept.
   * `unavailable` while it has work, `not_found` when there is nothing of it.
   */
  erase(type: string, key: readonly string[]): Promise<void>;
  /**
   * Keeps what an actor with a journal was at a seq as a new actor, whose journal begins with it; returns that. The other
   * one is not touched. A turn that was not over then is not part of it. With a what-if, the turns that might have come
   * after are kept as well; what they send and set is not sent. `not_found` where there is no such moment, `rejected` when the
   * key has been used, or an effect is wanted that nothing answers.
   */
  fork(type: string, keyText: string, request: Fork): Promise<Address>;
  /**
   * Deletes a journal's or a history's entries below a seq, but none that is needed: of a journal it keeps what follows
   * the last checkpoint but one, of a history the newest. A checkpoint is kept where the rest begins. Returns how many
   * went. `not_found` when the actor was never used or has no history.
   */
  pruneJournal(type: string, key: readonly string[], below: number): Promise<number>;
  /**
   * Writes checkpoints above a seq where none is near, so that past states are made sooner; a bounded number of them, and
   * tells where to go on. `not_found` when the actor was never used or has no history, or what is needed was pruned.
   */
  writeCheckpoints(type: string, keyText: string, after: number): Promise<CheckpointsWritten>;
  /** Resolves when there is room for one more message: for doors that would rather wait than be refused. */
  room(): Promise<void>;
}

/** The public methods of a class. */
type Public<T> = Pick<T, keyof T>;

export type Inspector = Public<StoreInspector>;
export type MailReader = Public<MailInspector>;
export type PastReader = Public<PastInspector>;
export type { ListRoom, LiveStatus };

/** The room of all that happens. */
export type StreamRoom = Extract<Room, { kind: "stream" }>;
