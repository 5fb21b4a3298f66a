import type {
  ActorDetail,
  ActorSummary,
  ActorsQuery,
  Intervention,
  Page,
  TypeFacet,
  TypeInfo,
} from "../protocol/actors.ts";
import type { CommandReply, TellReply } from "../protocol/commands.ts";
import type { Result } from "../protocol/errors.ts";
import type { CheckpointInfo, Entry, JournalQuery } from "../protocol/journal.ts";
import type { Json } from "../protocol/json.ts";
import type {
  DeadLetterGroup,
  DeadLetterInfo,
  DeadLettersQuery,
  MailboxInfo,
  MailboxQuery,
  MailCounts,
  RedriveInfo,
  RedriveRequest,
  ReminderInfo,
} from "../protocol/mail.ts";
import type { Trace } from "../protocol/messages.ts";
import type { Overview, TypeStats } from "../protocol/overview.ts";
import type { CheckpointsWritten, ForkRequest } from "../protocol/past.ts";
import type { Position } from "../protocol/stream.ts";

/** A command for one actor. */
export interface CommandToActor {
  type: string;
  keyText: string;
  command: string;
  payload: Json;
  idempotencyKey?: string;
  /** The id of the message that a user sends again with this one. */
  resends?: string;
}

/**
 * The running server, for code that Next bundles. Arguments and results are JSON and errors are values, because the two
 * sides share neither classes nor module state.
 */
export interface Handle {
  types(): TypeInfo[];
  overview(): Overview;
  /** The statistics of a known type since the start. */
  typeStats(type: string): TypeStats;
  /** The numbers of messages in mailboxes and of dead letters. */
  mailCounts(): MailCounts;
  /** The current position of the stream. */
  position(): Position;
  actors(query: ActorsQuery): Promise<Result<Page<ActorSummary>>>;
  /** How many actors a search finds, by type and lifecycle. */
  facets(q: string | undefined): Promise<Result<TypeFacet[]>>;
  /** Never wakes the actor. `not_found` if it was never used. */
  actor(type: string, keyText: string): Promise<Result<ActorDetail>>;
  journal(type: string, keyText: string, query: JournalQuery): Promise<Result<Page<Entry>>>;
  checkpoints(type: string, keyText: string): Promise<Result<CheckpointInfo[]>>;
  /** An actor's mailbox, and its reminders. Neither wakes the actor; both are `not_found` if it was never used. */
  mailbox(type: string, keyText: string, query: MailboxQuery): Promise<Result<MailboxInfo>>;
  reminders(type: string, keyText: string): Promise<Result<ReminderInfo[]>>;
  /** A message with its causes and effects. `not_found` if there is no record of it. */
  message(id: string): Promise<Result<Trace>>;
  deadLetterGroups(): Promise<Result<DeadLetterGroup[]>>;
  deadLetters(query: DeadLettersQuery): Promise<Result<Page<DeadLetterInfo>>>;
  /** Starts a job that puts dead letters back into their mailboxes. Stopping a finished job has no effect. */
  startRedrive(request: RedriveRequest): Promise<Result<RedriveInfo>>;
  redrives(): Promise<Result<RedriveInfo[]>>;
  redrive(id: string): Promise<Result<RedriveInfo>>;
  stopRedrive(id: string): Promise<Result<RedriveInfo>>;
  /** Sends a command, and waits for its reply. */
  command(request: CommandToActor): Promise<Result<CommandReply>>;
  /** Puts a command into the actor's mailbox, and waits until it is durable there. */
  tell(request: CommandToActor): Promise<Result<TellReply>>;
  /** Applies a user's decision to an actor; see `Intervention`. */
  intervene(type: string, keyText: string, what: Intervention): Promise<Result<null>>;
  /** Forks a past state of an actor into a new actor. Returns the text form of its key. */
  fork(type: string, keyText: string, request: ForkRequest): Promise<Result<string>>;
  /** Writes a bounded number of checkpoints after a seq, where none is near. */
  writeCheckpoints(type: string, keyText: string, after: number): Promise<Result<CheckpointsWritten>>;
  /** Deletes an actor with all its data. */
  erase(type: string, keyText: string): Promise<Result<null>>;
  /** Whether actors may be crashed on purpose. */
  allowsChaos(): boolean;
  query(request: { type: string; keyText: string; query: string; payload: Json }): Promise<Result<Json>>;
}

/** The request header with the nonce for a page's inline scripts. */
export const NONCE_HEADER = "x-nonce";

const name = Symbol.for("greenroom.handle");

/** Publishes the running server's handle in the process. Only `main.ts` calls it. */
export function publishHandle(handle: Handle): void {
  (globalThis as Record<symbol, unknown>)[name] = handle;
}

/**
 * The running server's handle.
 * @throws Error when no server runs in this process, as in `next build`
 */
export function getHandle(): Handle {
  const handle = (globalThis as Record<symbol, unknown>)[name];
  if (handle === undefined) throw new Error("No Greenroom server runs in this process.");
  return handle as Handle;
}
