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
  /** The id of the message that a person sends once more with this one. */
  resends?: string;
}

/**
 * What code that Next bundles may ask of the running server: JSON in, JSON out, and errors as values, because neither
 * classes nor module state are the same on both sides.
 */
export interface Handle {
  types(): TypeInfo[];
  overview(): Overview;
  /** What the actors of a type have done since the start; the type must be a known one. */
  typeStats(type: string): TypeStats;
  /** Messages in mailboxes, and dead letters. */
  mailCounts(): MailCounts;
  /** Where a reader of the stream stands whose reading begins now. */
  position(): Position;
  actors(query: ActorsQuery): Promise<Result<Page<ActorSummary>>>;
  /** How many actors a search finds, by type and by where they are in their life. */
  facets(q: string | undefined): Promise<Result<TypeFacet[]>>;
  /** Never wakes the actor. `not_found` when it has never been used. */
  actor(type: string, keyText: string): Promise<Result<ActorDetail>>;
  journal(type: string, keyText: string, query: JournalQuery): Promise<Result<Page<Entry>>>;
  checkpoints(type: string, keyText: string): Promise<Result<CheckpointInfo[]>>;
  /** What waits in an actor's mailbox, and its reminders. Neither wakes it; both are `not_found` as `actor` is. */
  mailbox(type: string, keyText: string, query: MailboxQuery): Promise<Result<MailboxInfo>>;
  reminders(type: string, keyText: string): Promise<Result<ReminderInfo[]>>;
  /** A message with what led to it and what it led to. `not_found` when nothing tells of it. */
  message(id: string): Promise<Result<Trace>>;
  deadLetterGroups(): Promise<Result<DeadLetterGroup[]>>;
  deadLetters(query: DeadLettersQuery): Promise<Result<Page<DeadLetterInfo>>>;
  /** Starts, reads and stops a job that puts dead letters back. A job that is over is stopped in vain. */
  startRedrive(request: RedriveRequest): Promise<Result<RedriveInfo>>;
  redrives(): Promise<Result<RedriveInfo[]>>;
  redrive(id: string): Promise<Result<RedriveInfo>>;
  stopRedrive(id: string): Promise<Result<RedriveInfo>>;
  /** Sends a command, and waits for its reply. */
  command(request: CommandToActor): Promise<Result<CommandReply>>;
  /** Puts a command into the actor's mailbox, and waits until it is durable there. */
  tell(request: CommandToActor): Promise<Result<TellReply>>;
  /** Does to an actor what a person decided; see `Intervention`. */
  intervene(type: string, keyText: string, what: Intervention): Promise<Result<null>>;
  /** Keeps a moment of an actor as a new one, whose key in text form comes back. */
  fork(type: string, keyText: string, request: ForkRequest): Promise<Result<string>>;
  /** Writes checkpoints above a seq where none is near, a bounded number of them. */
  writeCheckpoints(type: string, keyText: string, after: number): Promise<Result<CheckpointsWritten>>;
  /** Deletes an actor with all that is kept of it. */
  erase(type: string, keyText: string): Promise<Result<null>>;
  /** Whether actors may be crashed on purpose. */
  allowsChaos(): boolean;
  query(request: { type: string; keyText: string; query: string; payload: Json }): Promise<Result<Json>>;
}

/** The header by which a page is told the nonce that its inline scripts must have. */
export const NONCE_HEADER = "x-nonce";

const name = Symbol.for("greenroom.handle");

/** Makes the running server's handle known to the process. Only `main.ts` calls it. */
export function publishHandle(handle: Handle): void {
  (globalThis as Record<symbol, unknown>)[name] = handle;
}

/**
 * The running server's handle.
 * @throws Error when no server runs in this process, as in `next build`; a second server is never made
 */
export function getHandle(): Handle {
  const handle = (globalThis as Record<symbol, unknown>)[name];
  if (handle === undefined) throw new Error("No Greenroom server runs in this process.");
  return handle as Handle;
}
