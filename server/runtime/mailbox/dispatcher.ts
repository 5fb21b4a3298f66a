import type { Activation } from "../actor/activation.ts";
import type { Actor } from "../actor/actor.ts";
import { Delivery } from "../actor/delivery.ts";
import type { Registry } from "../actor/registry.ts";
import { type BatchItem, isStagedTurn } from "../lane/batch.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { Mail } from "../ports/mail-rows.ts";
import type { HeadRequest, MailboxHead } from "../ports/mailboxes.ts";
import { Batcher } from "../shared/batcher.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { NodeDeps } from "../shared/deps.ts";
import type { Outgoing } from "../shared/external-write.ts";
import { MAX_LOOKUP } from "../shared/limits.ts";
import { untried } from "../turn/message.ts";
import type { Retries } from "./retries.ts";

/** Messages, and bytes of their payloads, that one statement reads for all mailboxes together. */
const READ = { messages: 8_192, bytes: 32 * 1024 * 1024 };
/** Actors that are woken together. */
const PAGE = 500;
/** How long to wait when the database cannot be reached or memory is full, in milliseconds. */
const RETRY_MS = 1_000;

type DispatcherDeps = Pick<NodeDeps, "store" | "clock" | "log" | "types" | "ended"> & {
  registry: Registry;
  activation: Activation;
  retries: Retries;
  /** The actor may have something to do. */
  wake(actor: Actor): void;
};

/** Moves messages from mailboxes into inboxes: those that were just committed, and those that the store has. */
export class MailboxDispatcher {
  readonly #deps: DispatcherDeps;
  readonly #heads: Batcher<HeadRequest, MailboxHead>;
  #sweeping = false;
  /** An actor could not be woken during a sweep that may have passed it already. */
  #again = false;

  constructor(deps: DispatcherDeps) {
    const { store, clock } = deps;
    this.#deps = deps;
    this.#heads = new Batcher((wanted) => store.heads(wanted, READ.messages, READ.bytes), MAX_LOOKUP, clock);
  }

  /** These items are durable: the messages that they put into mailboxes reach their receivers. */
  committed(items: readonly BatchItem[]): void {
    for (const item of items) {
      if (isStagedTurn(item)) for (const mail of item.sends) this.#arrived(mail);
      else if (item.kind === "tell") this.#arrived(item.mail);
      else this.#changed(item.to, item.mailSeq);
    }
  }

  /** Reads more of an actor's mailbox if few of its messages are in memory. */
  feed(actor: Actor): void {
    const { isLoaded, id, mailbox, inbox } = actor;
    if (isLoaded && id !== null && mailbox.shouldRead(inbox.first)) void this.#read(actor, id);
  }

  /**
   * Wakes the actors that have messages and were not woken: after a start, and when memory was full. Never rejects.
   */
  async sweep(): Promise<void> {
    this.#again = true;
    if (this.#sweeping) return;
    this.#sweeping = true;
    while (this.#again && !this.#deps.ended.aborted) {
      this.#again = false;
      await this.#sweepOnce();
    }
    this.#sweeping = false;
  }

  async #sweepOnce(): Promise<void> {
    const { store, clock, log, ended } = this.#deps;
    let after = 0 as ActorId;
    while (!ended.aborted) {
      try {
        const page = await store.withMail(after, PAGE);
        const woken = await Promise.all(page.map((address) => this.#wakeUp(address)));
        if (woken.includes(false)) {
          // The page is read again. By then the rest of it is in memory, or has no messages any more.
          await clock.sleep(RETRY_MS, ended);
        } else {
          if (page.length < PAGE) break;
          after = page.at(-1)?.id as ActorId;
        }
      } catch (error) {
        log.warn({ err: error }, "mailboxes could not be searched for messages; trying again");
        await clock.sleep(RETRY_MS, ended);
      }
    }
  }

  #arrived({ to, ...mail }: Outgoing): void {
    const actor = this.#deps.registry.get(to);
    if (actor === undefined) return this.#changed(to, mail.mailSeq);
    if (actor.mailbox.head.has(mail.mailSeq)) return;
    // A failed actor reads its mailbox when it can be loaded.
    if (actor.lifecycle === "failed") return actor.mailbox.missed(mail.mailSeq);
    const delivery = Delivery.ofMail({ ...mail, ...untried });
    if (actor.mailbox.take(delivery, mail.mailSeq)) {
      actor.inbox.push(delivery);
      this.#deps.wake(actor);
    } else {
      this.feed(actor);
    }
  }

  /** A message came into a mailbox. Its actor reads it. */
  #changed(address: Address, mailSeq: number): void {
    const actor = this.#deps.registry.get(address);
    if (actor === undefined) {
      void this.#wakeUp(address).then((woken) => {
        if (!woken) void this.sweep();
      });
      return;
    }
    actor.mailbox.missed(mailSeq);
    this.feed(actor);
  }

  /** Loads an actor, which then reads its mailbox. False when it cannot be loaded now and is left to the sweep. */
  async #wakeUp(address: Address): Promise<boolean> {
    const { types, registry, activation, log } = this.#deps;
    const { type, keyText } = address;
    if (types.find(type) === undefined) {
      log.error({ type, key: keyText }, "messages wait for an actor type that this code does not have");
      return true;
    }
    const known = registry.get(address);
    if (known !== undefined) {
      this.#check(known);
      return true;
    }
    try {
      const { definition, key } = types.named(address);
      const actor = registry.use(definition, key, keyText);
      await activation.load(actor);
      return actor.lifecycle !== "passivated";
    } catch (error) {
      log.debug({ err: error, type, key: keyText }, "an actor with messages cannot be woken now");
      return false;
    }
  }

  /** An actor in memory knows of its messages. If it seems to have none, it reads its mailbox again. */
  #check(actor: Actor): void {
    if (!actor.isLoaded || actor.queued > 0 || actor.mailbox.head.size > 0) return;
    actor.mailbox.missed(1);
    this.feed(actor);
  }

  async #read(actor: Actor, id: ActorId): Promise<void> {
    const { log, clock, ended, wake } = this.#deps;
    const { mailbox } = actor;
    mailbox.startReading();
    try {
      const { mails, more } = await this.#heads.ask({ id, except: [...mailbox.head.keys()] });
      crashPoint("mailbox: read");
      if (mailbox.finishReading(more ? (mails.at(-1)?.mailSeq ?? 0) : null)) this.#admit(actor, mails);
      wake(actor);
    } catch (error) {
      log.warn({ err: error, type: actor.type, key: actor.keyText }, "a mailbox could not be read; trying again");
      await clock.sleep(RETRY_MS, ended);
      mailbox.readFailed();
    }
    this.feed(actor);
  }

  #admit(actor: Actor, mails: readonly Mail[]): void {
    const { clock, retries, registry } = this.#deps;
    const { mailbox, definition } = actor;
    const now = clock.now();
    const unknown = mails.filter((mail) => !mailbox.head.has(mail.mailSeq));
    const deliveries = unknown.map((mail) => Delivery.ofMail(mail));
    for (const delivery of deliveries) mailbox.add(delivery.mailSeq, delivery);
    const isEarly = (delivery: Delivery) => (delivery.mail?.nextAt ?? 0) > now;
    const later = (definition.onFailure === "skip" ? deliveries : deliveries.slice(0, 1)).filter(isEarly);
    for (const delivery of later) {
      const at = delivery.mail?.nextAt ?? now;
      if (actor.hold === null || definition.onFailure === "skip") retries.putAside(actor, delivery, at);
      void retries.bringBack(actor, delivery, at);
    }
    if (actor.isLoaded) registry.move(actor, actor.loadedLifecycle, actor.waitsFor);
    actor.inbox.merge(deliveries.filter((delivery) => !later.includes(delivery)));
  }
}
