import { GreenroomError } from "../../core/errors.ts";
import { jsonBytes } from "../../core/json/size.ts";
import type { Page } from "../../protocol/actors.ts";
import { MAX_DEPTH } from "../../protocol/bounds.ts";
import type { Json } from "../../protocol/journal.ts";
import type {
  DeadLetterGroup,
  DeadLetterInfo,
  DeadLettersQuery,
  MailboxInfo,
  MailboxQuery,
  RedriveInfo,
  ReminderInfo,
} from "../../protocol/mail.ts";
import type { Trace } from "../../protocol/messages.ts";
import { idOf } from "../history/past.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { DeadLetterCursor } from "../ports/mailboxes.ts";
import type { NodeDeps } from "../shared/deps.ts";
import { orUnavailable } from "../shared/refusals.ts";
import { Tracer } from "./trace.ts";

/** The limit of a page's payloads, in bytes. Its first message may exceed it. */
const MAX_PAGE_BYTES = 1024 * 1024;
/** Limits of lists: groups, reminders of one actor, jobs. */
const MAX_GROUPS = 200;
const MAX_REMINDERS = 200;
const MAX_JOBS = 20;

/** Reads mailboxes, reminders and dead letters. It loads no actor. Every method throws `GreenroomError`. */
export class MailInspector {
  readonly #deps: Pick<NodeDeps, "store" | "types">;

  constructor(deps: Pick<NodeDeps, "store" | "types">) {
    this.#deps = deps;
  }

  /** A page of an actor's mailbox, in order. `not_found` when the actor was never used. */
  mailbox(address: Address, { cursor, limit }: MailboxQuery): Promise<MailboxInfo> {
    const { store } = this.#deps;
    return orUnavailable(async () => {
      const id = await this.#idOf(address);
      const [found, depth] = await Promise.all([store.mailbox(id, cursor, limit), store.mailboxDepth(id, MAX_DEPTH)]);
      return { ...pageOf(found, limit, ({ mailSeq }) => `${mailSeq}`), depth };
    });
  }

  /** An actor's reminders, the next one first. `not_found` when the actor was never used. */
  reminders(address: Address): Promise<ReminderInfo[]> {
    return orUnavailable(async () => this.#deps.store.reminders(await this.#idOf(address), MAX_REMINDERS));
  }

  /** Dead letters by their cause, the largest group first. */
  deadLetterGroups(): Promise<DeadLetterGroup[]> {
    return orUnavailable(() => this.#deps.store.deadLetterGroups(MAX_GROUPS, MAX_DEPTH));
  }

  /** Dead letters, newest first. `invalid_payload` for a key without a type, or an invalid cursor. */
  async deadLetters({ fingerprint, type, key, cursor, limit }: DeadLettersQuery): Promise<Page<DeadLetterInfo>> {
    if (key !== undefined && type === undefined) {
      throw new GreenroomError("invalid_payload", "To select an actor, give its type and its key.");
    }
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    const actor = type === undefined ? undefined : { type, keyText: key };
    const found = await orUnavailable(() => this.#deps.store.deadLetters({ fingerprint, actor, after }, limit));
    return pageOf(found, limit, ({ at, messageId }) => `${Date.parse(at)}_${messageId}`);
  }

  /** Redrive jobs, newest first. */
  redrives(): Promise<RedriveInfo[]> {
    return orUnavailable(() => this.#deps.store.redrives(MAX_JOBS));
  }

  /** A redrive job. `not_found` when there is no such job. */
  async redrive(id: string): Promise<RedriveInfo> {
    const job = await orUnavailable(() => this.#deps.store.redrive(id));
    if (job === null) throw new GreenroomError("not_found", `There is no redrive ${id}.`);
    return job;
  }

  /** A message with its causes and the messages that it caused. `not_found` when there is no record of it. */
  message(id: string): Promise<Trace> {
    return orUnavailable(() => new Tracer(this.#deps.store).trace(id));
  }

  /** @throws GreenroomError `unknown_type`, `invalid_key`, `not_found`; StoreUnavailable */
  async #idOf(address: Address): Promise<ActorId> {
    const { store, types } = this.#deps;
    types.named(address);
    return idOf(store, address);
  }
}

/** The first of `found` that fit into one page, and a cursor for the next page. */
function pageOf<T extends { payload: Json }>(found: T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  let [count, bytes] = [0, 0];
  for (const { payload } of found) {
    bytes += jsonBytes(payload);
    if (count > 0 && bytes > MAX_PAGE_BYTES) break;
    count += 1;
  }
  const items = found.slice(0, count);
  const last = items.at(-1);
  const more = found.length === limit || count < found.length;
  return { items, next: last !== undefined && more ? cursorOf(last) : null };
}

/** @throws GreenroomError `invalid_payload` */
function parseCursor(cursor: string): DeadLetterCursor {
  const match = /^(\d{1,15})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor);
  if (match !== null) return { at: Number(match[1]), messageId: match[2] as string };
  throw new GreenroomError("invalid_payload", "The cursor is invalid; start without one.");
}
