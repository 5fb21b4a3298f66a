import type { ActorName } from "../protocol/actors.ts";
import { encodeKey } from "../protocol/key-text.ts";
import type { Overview } from "../protocol/overview.ts";
import type { Frame, Position } from "../protocol/stream.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type {
  ActorChange,
  CheckpointEvent,
  CommittedEvent,
  CreatedActor,
  LifeEvent,
} from "../runtime/shared/events.ts";

/** What a frame holds besides its place in the chain. */
export type FrameBody = Omit<Frame, "id" | "from" | "position">;

/** One round of frames: what all readers share in it. */
export interface Round {
  /** Milliseconds since 1970. */
  now: number;
  /** Whether anything has committed since the round before. */
  committed: boolean;
  /** The whole server's overview, read at most once in a round. */
  overview(): Overview;
}

/** What a reader does not know of yet: events are listened to from `until` on. `since` is null where it is new. */
export interface Gap {
  since: Position | null;
  until: Position;
}

/** What a view hears of that wants to know of all actors. */
export interface GlobalListener {
  committed(event: CommittedEvent): void;
  lived(event: LifeEvent): void;
  erased(address: Address): void;
}

/**
 * What one reader watches: the newest that is known, and which of it was not sent yet. Readings and events may come in
 * any order; the higher head wins. However much happens between two frames, the next one tells the last of it.
 */
export interface View {
  /** The actors whose events it wants. */
  readonly addresses: readonly Address[];
  /** Set where it wants the events of all. */
  readonly listener?: GlobalListener;
  /** True when it must read from the store before it can tell anything more. */
  stale: boolean;
  /** Reads what the store knows. It is to be called after the events are listened to; `absence` when the reader has just come. */
  load(absence?: Gap): Promise<void>;
  changed(change: ActorChange): void;
  lived(address: Address): void;
  checkpointed(event: CheckpointEvent): void;
  /** The mailbox of one of its actors has changed. */
  mailed(): void;
  /** One of its actors was erased: it may come to be anew. */
  erased(): void;
  created(actors: readonly CreatedActor[]): void;
  /** Whether there is something to tell. */
  news(round: Round): boolean;
  /** The next frame's body; what it holds counts as told. */
  take(round: Round): FrameBody;
}

/** A view of no actor in particular: nothing that happens to one concerns it. */
export abstract class QuietView implements View {
  readonly addresses: readonly Address[] = [];
  stale = false;
  async load(_absence?: Gap): Promise<void> {}
  changed(): void {}
  lived(): void {}
  checkpointed(): void {}
  mailed(): void {}
  erased(): void {}
  created(_actors: readonly CreatedActor[]): void {}
  abstract news(round: Round): boolean;
  abstract take(round: Round): FrameBody;
}

/** Where a named actor is. */
export function addressOf({ type, key }: ActorName): Address {
  return { type, keyText: encodeKey(key) };
}

/** An address as the key of a map. No type has a space in it. */
export function addressText(address: Address): string {
  return `${address.type} ${address.keyText}`;
}

/** The later of two ISO times in UTC. */
export function later(a: string, b: string): string {
  return a > b ? a : b;
}
