import type {
  ActorDetail,
  ActorName,
  ActorState,
  ActorSummary,
  ActorsQuery,
  Intervention,
  Page,
  TypeFacet,
  TypeInfo,
} from "../protocol/actors.ts";
import type { CommandReply, TellReply } from "../protocol/commands.ts";
import type { ExportRange } from "../protocol/history-file.ts";
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
import type {
  ChangesQuery,
  CheckpointsWritten,
  ForkRequest,
  Lineage,
  PastLine,
  PathChange,
  Timeline,
} from "../protocol/past.ts";
import type { ReplayRange, ReplayStep } from "../protocol/replay.ts";
import type { Position, Room } from "../protocol/stream.ts";
import type { WhatIf, WhatIfRequest } from "../protocol/what-if.ts";
import type { ActivityRequest, StoredActivity } from "./ports/activity-feed.ts";
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

/** A moment of an actor that is kept as a new one, and what might have come after it. */
export interface Fork extends ForkRequest {
  whatIf?: Omit<WhatIfRequest, "at">;
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

/** What memory alone knows of an actor, at this very moment. */
export type LiveStatus = Pick<
  ActorDetail,
  "lifecycle" | "reason" | "inLine" | "effect" | "nextTry" | "parked" | "recovery" | "lastActiveAt"
>;

/** What can be read of mailboxes, reminders and dead letters. See `MailInspector`. */
export interface MailReader {
  mailbox(type: string, keyText: string, query: MailboxQuery): Promise<MailboxInfo>;
  reminders(type: string, keyText: string): Promise<ReminderInfo[]>;
  deadLetterGroups(): Promise<DeadLetterGroup[]>;
  deadLetters(query: DeadLettersQuery): Promise<Page<DeadLetterInfo>>;
  redrives(): Promise<RedriveInfo[]>;
  redrive(id: string): Promise<RedriveInfo>;
  message(id: string): Promise<Trace>;
}

/** What can be read of the past of actors with a journal. See `PastInspector`. */
export interface PastReader {
  state(type: string, keyText: string, when: { at: number } | { time: string }): Promise<ActorState>;
  window(type: string, keyText: string, at: number): AsyncGenerator<PastLine>;
  timeline(type: string, keyText: string): Promise<Timeline>;
  changes(type: string, keyText: string, query: ChangesQuery): Promise<Page<PathChange>>;
  /** Where an actor came from, and what came from it. */
  lineage(type: string, keyText: string): Promise<Lineage>;
  /** Replays entries on the code that runs now, a step at a time. */
  replay(type: string, keyText: string, range: ReplayRange): AsyncGenerator<ReplayStep>;
  /** A journal, or a range of it, as the text of a file (see `HistoryHeader`), piece by piece. */
  export(type: string, keyText: string, range: ExportRange): AsyncGenerator<string>;
  /** Tries another past on the code that runs now. */
  whatIf(type: string, keyText: string, request: WhatIfRequest): Promise<WhatIf>;
}

/** The room of all that happens. */
export type StreamRoom = Extract<Room, { kind: "stream" }>;
/** The room of a list of actors. */
export type ListRoom = Extract<Room, { kind: "actors" }>;

/** Reads without waking: the store, merged with what memory knows. */
export interface Inspector {
  types(): TypeInfo[];
  overview(): Overview;
  /** Since when the database does not answer, ISO, UTC, as far as this node knows; null while it does. */
  databaseDownSince(): string | null;
  /** Messages in mailboxes, and dead letters. The same object for as long as they do not change. */
  mailCounts(): MailCounts;
  actors(query: ActorsQuery): Promise<Page<ActorSummary>>;
  /** How many actors a search finds, or how many there are, by type and by where they are in their life. */
  facets(q: string | undefined): Promise<TypeFacet[]>;
  /** @throws GreenroomError `not_found` when it has never been used */
  actor(type: string, keyText: string): Promise<ActorDetail>;
  /** A page of a journal. @throws GreenroomError `not_found` when it was never used, or keeps no journal */
  journal(type: string, keyText: string, query: JournalQuery): Promise<Page<Entry>>;
  checkpoints(type: string, keyText: string): Promise<CheckpointInfo[]>;
  /** The newest state. */
  state(type: string, keyText: string): Promise<ActorState>;
  /** What memory knows now, without asking the store; null for an actor that is not in memory (it is passivated). */
  liveStatus(type: string, keyText: string): LiveStatus | null;
  /** Summaries of the named actors, in order; null for those never used. At most `MAX_WATCHED`. */
  summaries(names: readonly ActorName[]): Promise<(ActorSummary | null)[]>;
  /**
   * How many actors were created after one position and up to another that a list room would show and does not; at most
   * `MAX_COUNTED`.
   */
  countCreated(list: ListRoom, after: Position, until: Position): Promise<number>;
  /** All actors by type, and in the order in which they came to be; `limit` at most. */
  everyActor(limit: number): Promise<Address[]>;
  /** What the actors of a type have done since the start. @throws GreenroomError `unknown_type` */
  typeStats(type: string): TypeStats;
  /** What happened between two positions, as the store keeps it. */
  activity(request: ActivityRequest): Promise<StoredActivity>;
  /** How far each lane has committed, and the newest actor: a reading begun after this call sees at least that much. */
  position(): Position;
}
