import { jsonBytes } from "../../core/json/size.ts";
import { isoTime } from "../../core/time.ts";
import { changedPaths } from "../../core/turn/changes.ts";
import type { LastChange } from "../../protocol/actors.ts";
import type { EntryBody, Json } from "../../protocol/journal.ts";
import type { NewEntry } from "../actor/new-entry.ts";
import type { StagedTurn } from "../actor/staged-turn.ts";
import type { ActorId } from "../ports/ids.ts";
import type { ActorChange, CommittedEntry } from "../shared/events.ts";

/** How long a batch took to commit. Set once that is known. */
export interface Timing {
  /** In milliseconds. */
  durationMs: number | undefined;
}

/** What a batch changes in one actor. Each part is computed when it is read, since often nobody reads it. */
export class Change implements ActorChange {
  readonly at: number;
  readonly #own: readonly StagedTurn[];
  readonly #last: StagedTurn;
  readonly #timing: Timing;

  constructor(own: readonly StagedTurn[], at: number, timing: Timing) {
    this.at = at;
    this.#timing = timing;
    this.#own = own;
    this.#last = own.at(-1) as StagedTurn;
  }

  get type(): string {
    return this.#last.actor.type;
  }

  get keyText(): string {
    return this.#last.actor.keyText;
  }

  get id(): ActorId {
    return this.#last.actor.id as ActorId;
  }

  get head(): number {
    return this.#last.head;
  }

  get seq(): number {
    return this.#last.afterSeq + this.#last.entries.length;
  }

  get state(): Json {
    return this.#last.after;
  }

  get stateBytes(): number {
    return this.#last.bytes ?? jsonBytes(this.#last.after);
  }

  get lastChange(): LastChange | null {
    const changed = this.#own.findLast((write) => write.before !== write.after);
    return changed === undefined ? null : toLastChange(changed);
  }

  get entries(): CommittedEntry[] {
    const { at } = this;
    const { durationMs } = this.#timing;
    return this.#own.flatMap(({ afterSeq, entries }) =>
      entries.map((entry, i) => new DurableEntry(afterSeq + i + 1, at, durationMs, entry)),
    );
  }
}

/** A durable entry. Its text is parsed when the body is read. */
class DurableEntry implements CommittedEntry {
  readonly seq: number;
  readonly at: number;
  readonly durationMs: number | undefined;
  readonly #entry: NewEntry;
  #bytes: number | undefined;

  constructor(seq: number, at: number, durationMs: number | undefined, entry: NewEntry) {
    this.seq = seq;
    this.at = at;
    this.durationMs = durationMs;
    this.#entry = entry;
  }

  get body(): EntryBody {
    return this.#entry.body;
  }

  get kind(): EntryBody["kind"] {
    return this.#entry.kind;
  }

  get bytes(): number {
    this.#bytes ??= Buffer.byteLength(this.#entry.text);
    return this.#bytes;
  }
}

function toLastChange({ message, before, after }: StagedTurn): LastChange {
  return { command: message.command, messageId: message.id, at: isoTime(message.now), ...changedPaths(before, after) };
}
