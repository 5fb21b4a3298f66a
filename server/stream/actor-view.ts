import { isoTime } from "../core/time.ts";
import type { ActorDetail } from "../protocol/actors.ts";
import type { CheckpointInfo } from "../protocol/journal.ts";
import { type ActorFrame, MAX_FRAME_BYTES, MAX_FRAME_ENTRIES, MAX_STREAMED_STATE } from "../protocol/stream.ts";
import type { ActorChange, CheckpointEvent, CommittedEntry } from "../runtime/events.ts";
import type { Address } from "../runtime/ports.ts";
import type { Glance, Inspector } from "../runtime/surface.ts";
import { type FrameBody, later, type View } from "./view.ts";

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
  #change: ActorChange | undefined;
  /** What is to be told of its journal; of entries the newest. */
  #entries: CommittedEntry[] = [];
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
    this.#detail = this.#change === undefined ? detail : withChange(detail, this.#change);
  }

  changed(change: ActorChange): void {
    this.#change = change;
    this.#entries = newest([...this.#entries, ...change.entries]);
    if (this.#detail === null) this.stale = true;
    else this.#detail = withChange(this.#detail, change);
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
    this.#change = undefined;
    this.#entries = [];
    this.#checkpoints = [];
    this.#toldHead = -1;
    this.#erased = true;
  }

  created(): void {}

  news(): boolean {
    if (this.#told === undefined) return true;
    if (this.#erased || this.#inspector.databaseDownSince() !== this.#toldDown) return true;
    if (this.#detail === null) return false;
    if (this.#detail.head > this.#toldHead || this.#checkpoints.length > 0 || this.#mailboxChanged) return true;
    return !sameGlance(this.#glance(), this.#told);
  }

  take(): FrameBody {
    const databaseDownSince = this.#inspector.databaseDownSince();
    const erased = this.#erased ? ({ erased: true } as const) : {};
    this.#erased = false;
    this.#toldDown = databaseDownSince;
    this.#told = this.#glance();
    if (this.#detail === null) return { databaseDownSince, ...erased };
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
    if (this.#detail?.persistence !== "journal") return {};
    const taken = {
      entries: this.#entries.map(({ seq, at, body }) => ({ seq, at, body })),
      checkpoints: this.#checkpoints,
    };
    this.#entries = [];
    this.#checkpoints = [];
    return taken;
  }

  #glance(): Glance | null {
    return this.#inspector.glance(this.#address.type, this.#address.keyText);
  }
}

/** As many of the newest entries as one frame carries: none, where the very newest is too large for it. */
function newest(appended: readonly CommittedEntry[]): CommittedEntry[] {
  let [from, bytes] = [appended.length, 0];
  for (; from > 0 && appended.length - from < MAX_FRAME_ENTRIES; from--) {
    bytes += appended[from - 1]?.bytes ?? 0;
    if (bytes > MAX_FRAME_BYTES) break;
  }
  return appended.slice(from);
}

/** The detail after a change; the same if it has seen it. */
function withChange(detail: ActorDetail, { head, state, stateBytes, lastChange, at }: ActorChange): ActorDetail {
  if (head <= detail.head) return detail;
  return {
    ...detail,
    head,
    state,
    stateBytes,
    lastChange: lastChange ?? detail.lastChange,
    lastActiveAt: isoTime(at),
  };
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
