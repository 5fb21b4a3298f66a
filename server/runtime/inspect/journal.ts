import { GreenroomError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import { MAX_PATHS } from "../../core/turn/changes.ts";
import type { LastChange, Page } from "../../protocol/actors.ts";
import type { CheckpointInfo, Entry, JournalQuery, RecordedMessage } from "../../protocol/journal.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { TimedCommit } from "../ports/past.ts";
import type { Store } from "../ports/store.ts";

/** The most bytes of JSON that a page of a journal has, unless a single entry has more. */
const PAGE_BYTES = 1024 * 1024;
/** The newest entry of a kind. */
const NEWEST = { limit: 1, bytes: 0 };
/** Checkpoints that a list shows. */
const MAX_CHECKPOINTS = 200;

/** Reads journals as they are stored: wakes nobody, writes nothing, runs no code of an actor. */
export class History {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * A page of an actor's journal: as many entries as are asked for, or fewer that have a megabyte. `after` pages forwards;
   * otherwise the newest come first. `next` is a seq. `took` is what memory knows of the lanes' last commits.
   */
  async journal(
    address: Address,
    { after, before, kind, limit }: JournalQuery,
    commits: readonly TimedCommit[],
  ): Promise<Page<Entry>> {
    const id = await this.#id(address);
    const kinds = kind === undefined ? {} : { kinds: [kind] };
    const end = after === undefined ? { before: before ?? Number.MAX_SAFE_INTEGER } : { after };
    const { entries, more } = await this.#store.entries({ id, limit, bytes: PAGE_BYTES, commits, ...kinds, ...end });
    return { items: entries, next: more ? String(entries.at(-1)?.seq) : null };
  }

  /** An actor's checkpoints, newest first. */
  async checkpoints(address: Address): Promise<CheckpointInfo[]> {
    const id = await this.#id(address);
    const found = await this.#store.checkpoints(id, Number.MAX_SAFE_INTEGER, MAX_CHECKPOINTS);
    return found.map(({ seq, at, bytes, version, permanent, valid }) => {
      return { seq, at: isoTime(at), bytes, version, permanent: permanent, damaged: !valid };
    });
  }

  /** What the newest turn of a journal changed; null before the first. */
  async lastChange(id: ActorId): Promise<LastChange | null> {
    const before = Number.MAX_SAFE_INTEGER;
    const { entries } = await this.#store.entries({ id, before, kinds: ["turn"], ...NEWEST });
    const [turn] = entries;
    if (turn?.body.kind !== "turn") return null;
    const { patches, messageId } = turn.body;
    const message = turn.body.message ?? (await this.#received(id, turn.seq));
    const paths = (patches ?? [{ path: [] }]).map((patch) => patch.path);
    const more = paths.length > MAX_PATHS;
    return {
      command: message?.command ?? "",
      messageId,
      at: isoTime(message?.now ?? turn.at),
      paths: paths.slice(0, MAX_PATHS),
      more,
    };
  }

  /** The message of a turn that had effects: it was recorded when it was received. */
  async #received(id: ActorId, before: number): Promise<RecordedMessage | undefined> {
    const { entries } = await this.#store.entries({ id, before, kinds: ["received"], ...NEWEST });
    const [entry] = entries;
    return entry?.body.kind === "received" ? entry.body.message : undefined;
  }

  async #id({ type, keyText }: Address): Promise<ActorId> {
    const [summary] = await this.#store.summaries([{ type, keyText }]);
    if (!summary) throw new GreenroomError("not_found", `${type} ${keyText} has never been used.`);
    return summary.id;
  }
}
