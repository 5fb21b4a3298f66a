import { GreenroomError } from "../../core/errors.ts";
import { MAX_SENDS, sentId } from "../../core/turn/outbox.ts";
import type { Trace } from "../../protocol/messages.ts";
import type { ActorId } from "../ports/ids.ts";
import type { MessageStore, SentMessage, WantedMessage } from "../ports/messages.ts";
import { readMessageId } from "../shared/message-id.ts";
import { type Facts, type Link, toDetail, toTraced } from "./traced-message.ts";

/** Messages of one trace. */
const MAX_MESSAGES = 200;
/** The length of a chain of causes. */
const MAX_CAUSES = 50;
/** How many of a turn's sends the first query reads, and how many each further one. */
const FIRST_SENDS = 8;
const MORE_SENDS = 64;
/** Actors with the same mark that are searched. */
const MAX_MARKED = 4;

/** A link with an id only. */
const unknownLink: Omit<Link, "messageId"> = {
  cause: null,
  sender: null,
  actors: [],
  command: null,
  hasLed: false,
  at: null,
};

/** Follows a message up to its causes and down to the messages that it caused. It runs one query per level. */
export class Tracer {
  readonly #store: MessageStore;
  /** The messages of the trace, each after its cause. */
  readonly #links = new Map<string, Link>();
  #isCut = false;

  constructor(store: MessageStore) {
    this.#store = store;
  }

  /**
   * The trace of one message. Call it once.
   * @throws GreenroomError `not_found` when there is no record of the message
   */
  async trace(messageId: string): Promise<Trace> {
    const causes = await this.#store.causesOf(messageId, MAX_CAUSES);
    this.#isCut = causes.length === MAX_CAUSES;
    const first = causes.at(-1)?.cause ?? messageId;
    this.#links.set(first, { ...unknownLink, messageId: first });
    for (const sent of causes.toReversed()) this.#add(sent);
    // The message's own descendants take precedence over its siblings'.
    await this.#follow([messageId]);
    if (first !== messageId) await this.#follow([first]);
    await this.#locate(first, causes.at(-1)?.sender ?? null);
    const facts = await this.#facts(messageId);
    const messages = [...this.#links.values()].map((link) => toTraced(link, facts));
    const link = this.#links.get(messageId) as Link;
    if (link.cause === null && this.#links.size === 1 && !hasRecord(facts, messageId)) throw unknown(messageId);
    return { message: toDetail(link, facts), messages: inOrder(messages), isCut: this.#isCut };
  }

  /** Adds a message to the trace while there is room. */
  #add({ messageId, cause, causeCommand, sender, receiver, command, at }: SentMessage): void {
    const before = this.#links.get(cause);
    if (before !== undefined) {
      before.hasLed = true;
      before.command ??= causeCommand;
    }
    if (this.#links.has(messageId)) return;
    if (this.#links.size === MAX_MESSAGES) this.#isCut = true;
    else this.#links.set(messageId, { ...unknownLink, messageId, cause, sender, actors: [receiver], command, at });
  }

  /** Adds all descendants of messages, level by level. */
  async #follow(causes: string[]): Promise<void> {
    const seen = new Set(causes);
    for (let level = causes; level.length > 0 && !this.#isCut; ) {
      const sent = await this.#sentBy(level);
      for (const message of sent) this.#add(message);
      level = sent.map(({ messageId }) => messageId).filter((id) => this.#links.has(id) && !seen.has(id));
      for (const id of level) seen.add(id);
    }
  }

  /** The messages that turns sent, in order. Their ids are derived from the ids of their causes. */
  async #sentBy(causes: readonly string[]): Promise<SentMessage[]> {
    const found: SentMessage[] = [];
    let [pending, from, width] = [causes, 0, FIRST_SENDS];
    while (pending.length > 0 && from < MAX_SENDS && found.length < MAX_MESSAGES) {
      const until = from + width;
      const asked = pending.map((cause) => Array.from({ length: until - from }, (_, i) => sentId(cause, from + i)));
      const rows = await this.#store.sentMessages(asked.flat());
      const byId = new Map(rows.map((row) => [row.messageId, row]));
      found.push(...asked.flat().flatMap((id) => byId.get(id) ?? []));
      pending = pending.filter((cause) => byId.has(sentId(cause, until - 1)));
      [from, width] = [until, MORE_SENDS];
    }
    return found;
  }

  /** Finds the receiver of the first message, which no turn sent: from the messages that it caused, or from its id. */
  async #locate(messageId: string, sender: ActorId | null): Promise<void> {
    const link = this.#links.get(messageId) as Link;
    const child = [...this.#links.values()].find(({ cause }) => cause === messageId);
    const known = sender ?? child?.sender ?? (await this.#store.receiverOfLetter(messageId));
    const parts = readMessageId(messageId);
    link.at = parts?.at ?? child?.at ?? 0;
    if (known !== null) link.actors = [known];
    else if (parts !== null) {
      const marked = await this.#store.actorsMarked(parts.mark, MAX_MARKED);
      link.actors = marked.map(({ id }) => id);
    }
  }

  /** Reads what is recorded of all messages; for `messageId` including payload and reply. */
  async #facts(messageId: string): Promise<Facts> {
    const wanted = [...this.#links.values()].flatMap(({ messageId, actors, at }) =>
      actors.map((actor): WantedMessage => ({ messageId, actor, since: at ?? 0 })),
    );
    const own = wanted.filter((one) => one.messageId === messageId);
    const others = wanted.filter((one) => one.messageId !== messageId);
    const senders = [...this.#links.values()].flatMap(({ sender }) => sender ?? []);
    const actors = [...new Set([...wanted.map(({ actor }) => actor), ...senders])];
    const [ownStored, stored, ownSteps, steps, changes, addresses] = await Promise.all([
      this.#store.storedMessages(own, true),
      this.#store.storedMessages(others, false),
      this.#store.steps(own, true),
      this.#store.steps(others, false),
      this.#store.lastChanges(actors),
      this.#store.actorsById(actors),
    ]);
    return {
      stored: new Map([...ownStored, ...stored].map((message) => [message.messageId, message])),
      steps: grouped([...ownSteps, ...steps], (step) => step.messageId),
      changes: new Map(changes.map((change) => [change.change.messageId, change])),
      addresses: new Map(addresses.map(({ id, ...address }) => [id, address])),
    };
  }
}

/** Whether anything is recorded of a message. */
function hasRecord({ stored, steps, changes }: Facts, messageId: string): boolean {
  return stored.has(messageId) || steps.has(messageId) || changes.has(messageId);
}

/** Depth first, each after its cause. */
function inOrder(messages: Trace["messages"]): Trace["messages"] {
  const byCause = grouped(messages, ({ cause }) => cause);
  const ordered: Trace["messages"] = [];
  const open = [...(byCause.get(null) ?? [])];
  for (let message = open.shift(); message !== undefined; message = open.shift()) {
    ordered.push(message);
    open.unshift(...(byCause.get(message.messageId) ?? []));
  }
  return ordered;
}

function unknown(messageId: string): GreenroomError {
  const text = `No record of message ${messageId}. Queries, refusals and commands that changed nothing leave no record; sent messages are traceable as long as replies are stored.`;
  return new GreenroomError("not_found", text);
}

/** As `Map.groupBy`, which Node 20 lacks. */
function grouped<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
