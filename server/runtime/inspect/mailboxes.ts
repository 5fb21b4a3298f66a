import { checkKey, decodeKey } from "../../core/define/keys.ts";
import { GreenroomError } from "../../core/errors.ts";
import { jsonBytes } from "../../core/json/size.ts";
import type { Page } from "../../protocol/actors.ts";
import { MAX_DEPTH } from "../../protocol/bounds.ts";
import type { Json } from "../../protocol/json.ts";
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
import { unavailable } from "../actor/activation.ts";
import type { MailReader } from "../api.ts";
import type { ActorId } from "../ports/ids.ts";
import type { DeadLetterCursor } from "../ports/mailboxes.ts";
import type { Store } from "../ports/store.ts";
import type { Types } from "../shared/types.ts";
import { Tracer } from "./trace.ts";

/** The most bytes of payloads that a page has, unless its first message alone has more. */
const MAX_PAGE_BYTES = 1024 * 1024;
/** The most groups, and the most reminders of one actor, that are shown. */
const MAX_GROUPS = 200;
const MAX_REMINDERS = 200;
/** Jobs that a list shows. */
const MAX_JOBS = 20;

/** Reads mailboxes, reminders and dead letters: it wakes nobody and writes nothing. Every method throws `GreenroomError`. */
export class MailInspector implements MailReader {
  readonly #store: Store;
  readonly #types: Types;

  constructor(store: Store, types: Types) {
    this.#store = store;
    this.#types = types;
  }

  /** What waits in an actor's mailbox, in order. `not_found` when the actor was never used. */
  async mailbox(type: string, keyText: string, { cursor, limit }: MailboxQuery): Promise<MailboxInfo> {
    const id = await this.#idOf(type, keyText);
    const [found, depth] = await read(() =>
      Promise.all([this.#store.mailbox(id, cursor, limit), this.#store.mailboxDepth(id, MAX_DEPTH)]),
    );
    const items = firstOf(found);
    const last = items.at(-1);
    const more = found.length === limit || items.length < found.length;
    return { items, next: last !== undefined && more ? `${last.mailSeq}` : null, depth };
  }

  /** An actor's reminders, the next one first. `not_found` when the actor was never used. */
  async reminders(type: string, keyText: string): Promise<ReminderInfo[]> {
    const id = await this.#idOf(type, keyText);
    return read(() => this.#store.reminders(id, MAX_REMINDERS));
  }

  /** Dead letters by their cause, the largest group first. */
  deadLetterGroups(): Promise<DeadLetterGroup[]> {
    return read(() => this.#store.deadLetterGroups(MAX_GROUPS, MAX_DEPTH));
  }

  /** Dead letters, the newest first. `invalid_payload` for an actor's key without its type. */
  async deadLetters({ fingerprint, type, key, cursor, limit }: DeadLettersQuery): Promise<Page<DeadLetterInfo>> {
    if (key !== undefined && type === undefined)
      throw new GreenroomError("invalid_payload", "An actor is named by its type and its key.");
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    const actor = type === undefined ? undefined : { type, keyText: key };
    const found = await read(() => this.#store.deadLetters({ fingerprint, actor, after }, limit));
    const items = firstOf(found);
    const last = items.at(-1);
    const more = found.length === limit || items.length < found.length;
    return { items, next: last !== undefined && more ? `${Date.parse(last.at)}_${last.messageId}` : null };
  }

  /** Jobs that put dead letters back, the newest first. */
  redrives(): Promise<RedriveInfo[]> {
    return read(() => this.#store.redrives(MAX_JOBS));
  }

  /** A job that puts dead letters back. `not_found` when there is none of that id. */
  async redrive(id: string): Promise<RedriveInfo> {
    const job = await read(() => this.#store.redrive(id));
    if (job === null) throw new GreenroomError("not_found", `There is no redrive ${id}.`);
    return job;
  }

  /** A message, what led to it, and what it led to. `not_found` when nothing that is kept tells of it. */
  message(id: string): Promise<Trace> {
    return read(() => new Tracer(this.#store).trace(id));
  }

  async #idOf(type: string, keyText: string): Promise<ActorId> {
    checkKey(decodeKey(keyText), this.#types.get(type).key);
    const [summary] = await read(() => this.#store.summaries([{ type, keyText }]));
    if (!summary) throw new GreenroomError("not_found", `${type} ${keyText} has never been used.`);
    return summary.id;
  }
}

/** As many of the first as one page may carry. */
function firstOf<T extends { payload: Json }>(items: T[]): T[] {
  let [count, bytes] = [0, 0];
  for (const { payload } of items) {
    bytes += jsonBytes(payload);
    if (count > 0 && bytes > MAX_PAGE_BYTES) break;
    count += 1;
  }
  return items.slice(0, count);
}

async function read<T>(reading: () => Promise<T>): Promise<T> {
  try {
    return await reading();
  } catch (error) {
    throw error instanceof Error && error.name === "StoreUnavailable" ? unavailable(error) : error;
  }
}

/** @throws GreenroomError `invalid_payload` */
function parseCursor(cursor: string): DeadLetterCursor {
  const match = /^(\d{1,15})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor);
  if (match !== null) return { at: Number(match[1]), messageId: match[2] as string };
  throw new GreenroomError("invalid_payload", "The cursor is not one that this server gave.");
}
