import { isoTime } from "../core/time.ts";
import type { ActorDetail, LastChange } from "../protocol/actors.ts";
import { MAX_STREAMED_STATE } from "../protocol/bounds.ts";
import type { CheckpointInfo, Entry } from "../protocol/journal.ts";
import { type ActorFrame, MAX_FRAME_BYTES, MAX_FRAME_ENTRIES } from "../protocol/stream.ts";
import type { ActorChange, CheckpointEvent } from "../runtime/events.ts";
import type { Address } from "../runtime/ports.ts";
import type { Glance, Inspector } from "../runtime/surface.ts";
import { type FrameBody, later, type View } from "./view.ts";

/** Entries that a frame has where it cannot have all: what a screen shows. */
const SOME = 50;

const passivated = {
  lifecycle: "passivated",
  reason: null,
  inLine: 0,
  effect: null,
  nextTry: null,
  parked: null,
  recovery: null,
} as const;

/** One actor: its detail, and its state whenever it changed. */
export class ActorView implements View {
  readonly addresses: readonly Address[];
  stale = true;
  readonly #inspector: Inspector;
  readonly #address: Address;
  #detail: ActorDetail | null = null;
  /** What is not told yet, oldest first; it is looked at when a frame is made. Each of a journal has an entry, or more. */
  #changes: ActorChange[] = [];
  #checkpoints: CheckpointInfo[] = [];
  #mailboxChanged = false;
  /** It was erased since the last frame. */
  #erased = false;
  #toldDown: string | null = null;
  #toldHead = -1;
  #told: Glance | null | undefined;

  constructor(inspector: Inspector, address: Address) {
    this.#inspector = inspector;
    this.#address = address;
    this.addresses = [address];
  }

  async load(): Promise<void> {
    this.stale = false;
    const detail = await this.#inspector.actor(this.#address.type, this.#address.keyText).catch(nullIfNotFound);
    this.#told = undefined;
    if (detail === null) return;
    this.stale = false;
    this.#detail = detail;
  }

  changed(change: ActorChange): void {
    this.#changes.push(change);
    if (this.#changes.length >= 2 * MAX_FRAME_ENTRIES) this.#changes = this.#changes.slice(-MAX_FRAME_ENTRIES - 1);
    if (this.#detail === null) this.stale = true;
  }

  checkpointed({ seq, bytes, at, version, sparse }: CheckpointEvent): void {
    const told = { seq, bytes, version, sparse, at: isoTime(at), damaged: false };
    this.#checkpoints = [...this.#checkpoints, told].slice(-MAX_FRAME_ENTRIES);
  }

  lived(): void {
    if (this.#detail === null) this.stale = true;
  }

  mailed(): void {
    this.#mailboxChanged = true;
    if (this.#detail === null) this.stale = true;
  }

  erased(): void {
    this.#detail = null;
    this.#changes = [];
    this.#checkpoints = [];
    this.#toldHead = -1;
    this.#erased = true;
  }

  created(): void {}

  news(): boolean {
    if (this.#told === undefined) return true;
    if (this.#erased || this.#inspector.databaseDownSince() !== this.#toldDown) return true;
    if (this.#detail === null) return false;
    if (
      this.#changes.length > 0 ||
      this.#detail.head > this.#toldHead ||
      this.#checkpoints.length > 0 ||
      this.#mailboxChanged
    )
      return true;
    return !sameGlance(this.#glance(), this.#told);
  }

  take(): FrameBody {
    const databaseDownSince = this.#inspector.databaseDownSince();
    const erased = this.#erased ? ({ erased: true } as const) : {};
    this.#erased = false;
    this.#toldDown = databaseDownSince;
    this.#told = this.#glance();
    if (this.#detail === null) return { databaseDownSince, ...erased };
    this.#detail = withChanges(this.#detail, this.#changes);
    if (this.#told !== null) this.#detail.lastActiveAt = later(this.#detail.lastActiveAt, this.#told.lastActiveAt);
    const { state, ...rest } = {
      ...this.#detail,
      ...(this.#told ?? passivated),
      lastActiveAt: this.#detail.lastActiveAt,
    };
    const isNew = rest.head > this.#toldHead;
    const stateOmitted = isNew && rest.stateBytes > MAX_STREAMED_STATE;
    this.#toldHead = rest.head;
    const actor: ActorFrame = isNew && !stateOmitted ? { ...rest, state, stateOmitted } : { ...rest, stateOmitted };
    return { databaseDownSince, ...erased, actor, ...this.#takeJournal(), ...this.#takeMailbox() };
  }

  #takeMailbox(): Pick<FrameBody, "mailboxChanged"> {
    if (!this.#mailboxChanged) return {};
    this.#mailboxChanged = false;
    return { mailboxChanged: true };
  }

  #takeJournal(): Pick<FrameBody, "entries" | "checkpoints"> {
    const [changes, checkpoints] = [this.#changes, this.#checkpoints];
    this.#changes = [];
    this.#checkpoints = [];
    // Of an actor without a history there are none.
    return this.#detail === null || this.#detail.seq === 0 ? {} : { entries: newest(changes), checkpoints };
  }

  #glance(): Glance | null {
    return this.#inspector.glance(this.#address.type, this.#address.keyText);
  }
}

/**
 * The entries that were appended, where one frame carries them; else its reader asks for the rest anyway, and it has some
 * of the newest: none, where the very newest is too large for it.
 */
function newest(changes: readonly ActorChange[]): Entry[] {
  const most = countOf(changes) > MAX_FRAME_ENTRIES ? SOME : MAX_FRAME_ENTRIES;
  const found: Entry[] = [];
  let bytes = 0;
  for (const change of changes.toReversed()) {
    for (const entry of change.entries.toReversed()) {
      bytes += entry.bytes;
      if (bytes > MAX_FRAME_BYTES || found.length === most) return found.reverse();
      found.push({ seq: entry.seq, at: entry.at, took: entry.took, body: entry.body });
    }
  }
  return found.reverse();
}

function countOf(changes: readonly ActorChange[]): number {
  const [first, last] = [changes[0], changes.at(-1)];
  return first === undefined || last === undefined ? 0 : last.seq - first.seq + first.entries.length;
}

/** The detail after some changes; the same if it has seen them. */
function withChanges(detail: ActorDetail, changes: readonly ActorChange[]): ActorDetail {
  const last = changes.at(-1);
  if (last === undefined || last.head <= detail.head) return detail;
  const { head, seq, state, stateBytes, at } = last;
  return {
    ...detail,
    head,
    seq,
    state,
    stateBytes,
    lastChange: lastOf(changes) ?? detail.lastChange,
    lastActiveAt: isoTime(at),
  };
}

/** The last change to the state itself. */
function lastOf(changes: readonly ActorChange[]): LastChange | null {
  for (const { lastChange } of changes.toReversed()) {
    if (lastChange !== null) return lastChange;
  }
  return null;
}

function sameGlance(a: Glance | null, b: Glance | null): boolean {
  if (a === null || b === null) return a === b;
  const names = ["lifecycle", "reason", "inLine", "effect", "nextTry", "parked", "recovery", "lastActiveAt"] as const;
  return names.every((name) => a[name] === b[name]);
}

function nullIfNotFound(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "not_found") return null;
  throw error;
}
