import { isoTime } from "../core/time.ts";
import type { ActorDetail } from "../protocol/actors.ts";
import { MAX_STREAMED_STATE } from "../protocol/bounds.ts";
import type { CheckpointInfo } from "../protocol/journal.ts";
import { type ActorFrame, MAX_FRAME_ENTRIES } from "../protocol/stream.ts";
import type { Inspector, LiveStatus } from "../runtime/api.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type { ActorChange, CheckpointEvent } from "../runtime/shared/events.ts";
import { PendingChanges } from "./pending-changes.ts";
import { type FrameBody, later, type View } from "./view.ts";

const passivated = {
  lifecycle: "passivated",
  reason: null,
  queued: 0,
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
  readonly #pending = new PendingChanges();
  #checkpoints: CheckpointInfo[] = [];
  #mailboxChanged = false;
  /** It was erased since the last frame. */
  #erased = false;
  #toldDown: string | null = null;
  #toldHead = -1;
  #told: LiveStatus | null | undefined;

  constructor(inspector: Inspector, address: Address) {
    this.#inspector = inspector;
    this.#address = address;
    this.addresses = [address];
  }

  async load(): Promise<void> {
    this.stale = false;
    const detail = await this.#inspector.actor(this.#address).catch(nullIfNotFound);
    this.#told = undefined;
    if (detail === null) return;
    this.stale = false;
    this.#detail = detail;
  }

  changed(change: ActorChange): void {
    this.#pending.add(change);
    if (this.#detail === null) this.stale = true;
  }

  checkpointed({ seq, bytes, at, version, permanent }: CheckpointEvent): void {
    const told = { seq, bytes, version, permanent: permanent, at: isoTime(at), damaged: false };
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
    this.#pending.clear();
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
      !this.#pending.isEmpty ||
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
    this.#detail = withUntold(this.#detail, this.#pending);
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
    // Of an actor without a history there are none.
    const hasHistory = this.#detail !== null && this.#detail.seq > 0;
    const taken = hasHistory ? { entries: this.#pending.entries(), checkpoints: this.#checkpoints } : {};
    this.#pending.clear();
    this.#checkpoints = [];
    return taken;
  }

  #glance(): LiveStatus | null {
    return this.#inspector.liveStatus(this.#address);
  }
}

/** The detail after what is not told yet; the same if it has seen it. */
function withUntold(detail: ActorDetail, untold: PendingChanges): ActorDetail {
  const { newest } = untold;
  if (newest === undefined || newest.head <= detail.head) return detail;
  const { head, seq, state, stateBytes, at } = newest;
  return {
    ...detail,
    head,
    seq,
    state,
    stateBytes,
    lastChange: untold.lastChange ?? detail.lastChange,
    lastActiveAt: isoTime(at),
  };
}

function sameGlance(a: LiveStatus | null, b: LiveStatus | null): boolean {
  if (a === null || b === null) return a === b;
  const names = ["lifecycle", "reason", "queued", "effect", "nextTry", "parked", "recovery", "lastActiveAt"] as const;
  return names.every((name) => a[name] === b[name]);
}

function nullIfNotFound(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "not_found") return null;
  throw error;
}
