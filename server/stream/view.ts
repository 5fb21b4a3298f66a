import type { ActorName } from "../protocol/actors.ts";
import { encodeKey } from "../protocol/key-text.ts";
import type { Overview } from "../protocol/overview.ts";
import type { Frame, Position } from "../protocol/stream.ts";
import type { Inspector } from "../runtime/api.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type {
  ActorChange,
  CheckpointEvent,
  CommittedEvent,
  CreatedActor,
  LifeEvent,
} from "../runtime/shared/events.ts";

/** A frame without its position in the chain. */
export type FrameBody = Omit<Frame, "id" | "from" | "position">;

/** One round of frames: what all readers share in it. */
export interface Round {
  /** Milliseconds since 1970. */
  now: number;
  /** Whether anything has committed since the previous round. */
  committed: boolean;
  /** The server's overview, read at most once in a round. */
  overview(): Overview;
}

/** What a reader has missed: from `since` (null for a new reader) until `until`, from where events are received. */
export interface Backfill {
  since: Position | null;
  until: Position;
}

/** Receives the events of all actors. */
export interface GlobalListener {
  committed(event: CommittedEvent): void;
  lifecycleChanged(event: LifeEvent): void;
  erased(address: Address): void;
}

/**
 * What one reader watches: the newest known values, and which of them it has not been sent. Reads and events can arrive
 * in any order; the higher head wins. However much happens between two frames, the next one has the final values.
 */
export abstract class View {
  protected readonly inspector: Inspector;
  /** The actors whose events it receives. */
  readonly addresses: readonly Address[] = [];
  /** Set if it receives the events of all actors. */
  readonly listener?: GlobalListener;
  /** True when it must read from the store before its next frame. */
  stale = false;

  constructor(inspector: Inspector) {
    this.inspector = inspector;
  }

  /** Reads from the store. Events must be received already; `backfill` is set when the reader joins. */
  async load(_backfill?: Backfill): Promise<void> {}
  changed(_change: ActorChange): void {}
  lifecycleChanged(_address: Address): void {}
  checkpointed(_event: CheckpointEvent): void {}
  mailboxChanged(): void {}
  /** One of its actors was erased, and may be created again. */
  erased(): void {}
  created(_actors: readonly CreatedActor[]): void {}
  /** Whether it has something to send. */
  abstract hasNews(round: Round): boolean;
  /** Returns the next frame's body, and counts it as sent. */
  abstract takeFrame(round: Round): FrameBody;
}

/** Converts a name to an address. */
export function addressOf({ type, key }: ActorName): Address {
  return { type, keyText: encodeKey(key) };
}

/** An address as the key of a map. Types contain no spaces. */
export function addressText(address: Address): string {
  return `${address.type} ${address.keyText}`;
}

/** The later of two ISO times in UTC. */
export function later(a: string, b: string): string {
  return a > b ? a : b;
}
