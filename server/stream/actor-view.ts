import { isoTime } from "../core/time.ts";
import type { ActorDetail } from "../protocol/actors.ts";
import { MAX_STREAMED_STATE } from "../protocol/bounds.ts";
import type { CheckpointInfo } from "../protocol/journal.ts";
import { type ActorFrame, MAX_FRAME_ENTRIES } from "../protocol/stream.ts";
import type { Inspector, LiveStatus } from "../runtime/api.ts";
import type { Address } from "../runtime/ports/ids.ts";
import type { ActorChange, CheckpointEvent } from "../runtime/shared/events.ts";
import { PendingChanges } from "./pending-changes.ts";
import { type FrameBody, later, View } from "./view.ts";

const passivated = {
  lifecycle: "passivated",
  reason: null,
  queued: 0,
  effect: null,
  nextTry: null,
  parked: null,
  recovery: null,
} as const;

/** One actor: its detail, and its state when it changed. */
export class ActorView extends View {
  override readonly addresses: readonly Address[];
  override stale = true;
  readonly #address: Address;
  #detail: ActorDetail | null = null;
  readonly #pending = new PendingChanges();
  #checkpoints: CheckpointInfo[] = [];
  #mailboxChanged = false;
  #erased = false;
  #sentDown: string | null = null;
  #sentHead = -1;
  #sent: LiveStatus | null | undefined;

  constructor(inspector: Inspector, address: Address) {
    super(inspector);
    this.#address = address;
    this.addresses = [address];
  }

  override async load(): Promise<void> {
    this.stale = false;
    const detail = await this.inspector.actor(this.#address).catch(nullIfNotFound);
    this.#sent = undefined;
    if (detail === null) return;
    this.stale = false;
    this.#detail = detail;
  }

  override changed(change: ActorChange): void {
    this.#pending.add(change);
    if (this.#detail === null) this.stale = true;
  }

  override checkpointed({ seq, bytes, at, version, permanent }: CheckpointEvent): void {
    const checkpoint = { seq, bytes, version, permanent, at: isoTime(at), damaged: false };
    this.#checkpoints = [...this.#checkpoints, checkpoint].slice(-MAX_FRAME_ENTRIES);
  }

  override lifecycleChanged(): void {
    if (this.#detail === null) this.stale = true;
  }

  override mailboxChanged(): void {
    this.#mailboxChanged = true;
    if (this.#detail === null) this.stale = true;
  }

  override erased(): void {
    this.#detail = null;
    this.#pending.clear();
    this.#checkpoints = [];
    this.#sentHead = -1;
    this.#erased = true;
  }

  override hasNews(): boolean {
    if (this.#sent === undefined) return true;
    if (this.#erased || this.inspector.databaseDownSince() !== this.#sentDown) return true;
    if (this.#detail === null) return false;
    if (
      !this.#pending.isEmpty ||
      this.#detail.head > this.#sentHead ||
      this.#checkpoints.length > 0 ||
      this.#mailboxChanged
    )
      return true;
    return !isSameStatus(this.#status(), this.#sent);
  }

  override takeFrame(): FrameBody {
    const databaseDownSince = this.inspector.databaseDownSince();
    const erased = this.#erased ? ({ erased: true } as const) : {};
    this.#erased = false;
    this.#sentDown = databaseDownSince;
    this.#sent = this.#status();
    if (this.#detail === null) return { databaseDownSince, ...erased };
    this.#detail = withPending(this.#detail, this.#pending);
    if (this.#sent !== null) this.#detail.lastActiveAt = later(this.#detail.lastActiveAt, this.#sent.lastActiveAt);
    const { state, ...rest } = {
      ...this.#detail,
      ...(this.#sent ?? passivated),
      lastActiveAt: this.#detail.lastActiveAt,
    };
    const isNew = rest.head > this.#sentHead;
    const stateOmitted = isNew && rest.stateBytes > MAX_STREAMED_STATE;
    this.#sentHead = rest.head;
    const actor: ActorFrame = isNew && !stateOmitted ? { ...rest, state, stateOmitted } : { ...rest, stateOmitted };
    return { databaseDownSince, ...erased, actor, ...this.#takeJournal(), ...this.#takeMailbox() };
  }

  #takeMailbox(): Pick<FrameBody, "mailboxChanged"> {
    if (!this.#mailboxChanged) return {};
    this.#mailboxChanged = false;
    return { mailboxChanged: true };
  }

  #takeJournal(): Pick<FrameBody, "entries" | "checkpoints"> {
    // Without a history there are no entries.
    const hasHistory = this.#detail !== null && this.#detail.seq > 0;
    const taken = hasHistory ? { entries: this.#pending.entries(), checkpoints: this.#checkpoints } : {};
    this.#pending.clear();
    this.#checkpoints = [];
    return taken;
  }

  #status(): LiveStatus | null {
    return this.inspector.liveStatus(this.#address);
  }
}

/** Applies the pending changes to the detail, unless it already includes them. */
function withPending(detail: ActorDetail, pending: PendingChanges): ActorDetail {
  const { newest } = pending;
  if (newest === undefined || newest.head <= detail.head) return detail;
  const { head, seq, state, stateBytes, at } = newest;
  return {
    ...detail,
    head,
    seq,
    state,
    stateBytes,
    lastChange: pending.lastChange ?? detail.lastChange,
    lastActiveAt: isoTime(at),
  };
}

function isSameStatus(a: LiveStatus | null, b: LiveStatus | null): boolean {
  if (a === null || b === null) return a === b;
  const names = ["lifecycle", "reason", "queued", "effect", "nextTry", "parked", "recovery", "lastActiveAt"] as const;
  return names.every((name) => a[name] === b[name]);
}

function nullIfNotFound(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "not_found") return null;
  throw error;
}
