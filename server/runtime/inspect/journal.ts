import { isoTime } from "../../core/time.ts";
import { MAX_PATHS } from "../../core/turn/changes.ts";
import type { LastChange, Page } from "../../protocol/actors.ts";
import type { CheckpointInfo, Entry, JournalQuery, RecordedMessage } from "../../protocol/journal.ts";
import type { ActorId } from "../ports/ids.ts";
import type { TimedCommit } from "../ports/past.ts";
import type { Store } from "../ports/store.ts";

/** The size limit of a page, in bytes of JSON. Its first entry may exceed it. */
const PAGE_BYTES = 1024 * 1024;
/** Reads a single entry. */
const NEWEST = { limit: 1, bytes: 0 };
/** Checkpoints that a list shows. */
const MAX_CHECKPOINTS = 200;

/** Reads journals and checkpoints as stored. */
export class JournalReader {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * A page of a journal: up to `limit` entries or about a megabyte. `after` pages forwards; otherwise the newest come
   * first. `next` is a seq. `commits` are the lanes' last commits.
   */
  async page(
    id: ActorId,
    { after, before, kind, limit }: JournalQuery,
    commits: readonly TimedCommit[],
  ): Promise<Page<Entry>> {
    const kinds = kind === undefined ? {} : { kinds: [kind] };
    const end = after === undefined ? { before: before ?? Number.MAX_SAFE_INTEGER } : { after };
    const { entries, more } = await this.#store.entries({ id, limit, bytes: PAGE_BYTES, commits, ...kinds, ...end });
    return { items: entries, next: more ? String(entries.at(-1)?.seq) : null };
  }

  /** An actor's checkpoints, newest first. */
  async checkpoints(id: ActorId): Promise<CheckpointInfo[]> {
    const found = await this.#store.checkpoints(id, Number.MAX_SAFE_INTEGER, MAX_CHECKPOINTS);
    return found.map(({ seq, at, bytes, version, permanent, valid }) => {
      return { seq, at: isoTime(at), bytes, version, permanent, damaged: !valid };
    });
  }

  /** The change made by the newest turn; null before the first. */
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

  /** The message of a turn with effects, which a `received` entry recorded. */
  async #received(id: ActorId, before: number): Promise<RecordedMessage | undefined> {
    const { entries } = await this.#store.entries({ id, before, kinds: ["received"], ...NEWEST });
    const [entry] = entries;
    return entry?.body.kind === "received" ? entry.body.message : undefined;
  }
}
