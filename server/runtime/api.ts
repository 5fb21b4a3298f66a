import type { Intervention } from "../protocol/actors.ts";
import type { CommandReply, TellReply } from "../protocol/commands.ts";
import type { Json } from "../protocol/journal.ts";
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
export interface CommandRequest extends Address {
  command: string;
  payload: unknown;
  idempotencyKey?: string | undefined;
  /** The id of the message that a person sends again with this one. */
  resends?: string | undefined;
}

/** A query for one actor. */
export interface QueryRequest extends Address {
  query: string;
  payload: unknown;
}

/** What the node that leads does for the doors. Every method rejects with `GreenroomError`. */
export interface Operations {
  /** Sends a command and waits for the reply, which comes after the commit. */
  ask(request: CommandRequest): Promise<CommandReply>;
  /** As `ask`, with the `CommandReply` as JSON text, for doors that pass it on. */
  askText(request: CommandRequest): Promise<string>;
  /** Puts a command into the actor's mailbox; resolves when it is durable there. */
  tell(request: CommandRequest): Promise<TellReply>;
  /** Runs a query. The answer waits until all that it saw is durable. */
  query(request: QueryRequest): Promise<Json>;
  /** Starts a job that puts dead letters back into their mailboxes. `not_found` when there are none. */
  startRedrive(request: RedriveRequest): Promise<RedriveInfo>;
  /** Stops such a job and returns it: letters that have not been put back stay. `not_found` when there is no such job. */
  stopRedrive(id: string): Promise<RedriveInfo>;
  /**
   * Does to an actor what a person decided. What becomes of a message is decided when this resolves, and durable with the
   * turn that follows.
   * @throws GreenroomError `unavailable` while the actor has work that stands in the way, `not_found` when there is nothing
   * to do, `forbidden` for a crash that the server was not started for
   */
  intervene(address: Address, what: Intervention): Promise<void>;
  /**
   * Deletes an actor with its state, journal, checkpoints and replies. A tombstone stays. `unavailable` while the actor has
   * work, `not_found` when it was never used.
   */
  erase(address: Address): Promise<void>;
  /**
   * Creates a new actor whose journal begins with the state that this one had at a seq, and returns its address. A turn
   * that was open then is left out. With a what-if, its turns follow; what they send and set is not sent. `not_found` when
   * there is no such seq, `rejected` when the new key has been used or an effect has no answer.
   */
  fork(address: Address, request: Fork): Promise<Address>;
  /**
   * Deletes the entries of a journal or a history below a seq, and returns how many. Entries that recovery needs stay: in a
   * journal those after the last checkpoint but one, in a history the newest. The first entry that stays gets a checkpoint.
   * `not_found` when the actor was never used or has no history.
   */
  pruneJournal(address: Address, below: number): Promise<number>;
  /**
   * Writes a bounded number of checkpoints above a seq, where none is near, so that past states are computed sooner.
   * `not_found` when the actor was never used or has no history, or when entries it needs were pruned.
   */
  writeCheckpoints(address: Address, after: number): Promise<CheckpointsWritten>;
}

/** The names of all operations, for a door or a node that passes them on. */
export const operationNames = [
  "ask",
  "askText",
  "tell",
  "query",
  "startRedrive",
  "stopRedrive",
  "intervene",
  "erase",
  "fork",
  "pruneJournal",
  "writeCheckpoints",
] as const satisfies readonly (keyof Operations)[];

/** The names of all methods of `MailReader`. */
export const mailMethods = [
  "mailbox",
  "reminders",
  "message",
  "deadLetterGroups",
  "deadLetters",
  "redrives",
  "redrive",
] as const satisfies readonly (keyof MailReader)[];

/** What the doors (HTTP, sockets, server actions, tools) may use of the runtime. */
export interface Runtime extends Operations {
  readonly events: Events;
  readonly inspector: Inspector;
  readonly mail: MailReader;
  readonly past: PastReader;
  /** Whether actors may be crashed on purpose. */
  readonly allowsChaos: boolean;
  /** Resolves when there is room for one more message, for a door that waits rather than be refused. */
  room(): Promise<void>;
}

/** The public methods of a class. */
type Public<T> = Pick<T, keyof T>;

export type Inspector = Public<StoreInspector>;
export type MailReader = Public<MailInspector>;
export type PastReader = Public<PastInspector>;
export type { ListRoom, LiveStatus };

/** The room of all activity. */
export type StreamRoom = Extract<Room, { kind: "stream" }>;
