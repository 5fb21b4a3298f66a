import { decodeKey } from "../../core/define/keys.ts";
import type { Log } from "../../process/log.ts";
import type { Activation } from "../actor/activation.ts";
import type { Actor } from "../actor/actor.ts";
import { Delivery } from "../actor/delivery.ts";
import { mergeInto } from "../actor/mailbox.ts";
import type { Registry } from "../actor/registry.ts";
import { type BatchItem, isStagedTurn } from "../lane/batch.ts";
import type { Clock } from "../ports/clock.ts";
import type { ActorId, Address } from "../ports/ids.ts";
import type { Mail } from "../ports/mail-rows.ts";
import type { HeadRequest, MailboxHead } from "../ports/mailboxes.ts";
import type { Store } from "../ports/store.ts";
import { Batcher } from "../shared/batcher.ts";
import { crashPoint } from "../shared/crash-points.ts";
import type { Outgoing } from "../shared/external-write.ts";
import { MAX_LOOKUP } from "../shared/limits.ts";
import type { Types } from "../shared/types.ts";
import type { Retries } from "./retries.ts";

/** Messages, and bytes of their payloads, that one statement reads, of all mailboxes together. */
const READ = { messages: 8_192, bytes: 32 * 1024 * 1024 };
/** Actors that are woken together. */
const PAGE = 500;
/** How long to wait before going on, when the database cannot be reached or memory is full. In milliseconds. */
const RETRY_MS = 1_000;

/** What the dispatcher works with. */
export interface MailroomOptions {
  store: Store;
  clock: Clock;
  log: Log;
  types: Types;
  registry: Registry;
  activation: Activation;
  retries: Retries;
  /** Aborted when the node stops. */
  ended: AbortSignal;
  wake: (actor: Actor) => void;
}

/** Brings messages from mailboxes into the lines of actors: what was committed just now, and what the store has. */
export class MailboxDispatcher {
  readonly #with: MailroomOptions;
  readonly #heads: Batcher<HeadRequest, MailboxHead>;
  #sweeping = false;
  /** Somebody could not be woken while a sweep was under way, which may have passed them by. */
  #again = false;

  constructor(options: MailroomOptions) {
    const { store, clock } = options;
    this.#with = options;
    this.#heads = new Batcher((wanted) => store.heads(wanted, READ.messages, READ.bytes), MAX_LOOKUP, clock);
  }

  /** These are durable: what they put into mailboxes reaches its receivers. */
  committed(items: readonly BatchItem[]): void {
    for (const item of items) {
      if (isStagedTurn(item)) for (const mail of item.sends) this.#arrived(mail);
      else if (item.kind === "tell") this.#arrived(item.mail);
      else this.#changed(item.to, item.mailSeq);
    }
  }

  /** Reads more of an actor's mailbox if it is time to. */
  feed(actor: Actor): void {
    if (actor.ready && actor.id !== null && actor.mailbox.isHungry(actor.line[0])) void this.#read(actor, actor.id);
  }

  /**
   * Wakes the actors that have something in their mailboxes and were not woken, or could not be: after a start, and
   * whenever memory was full. Never rejects.
   */
  async sweep(): Promise<void> {
    this.#again = true;
    if (this.#sweeping) return;
    this.#sweeping = true;
    while (this.#again && !this.#with.ended.aborted) {
      this.#again = false;
      await this.#sweepOnce();
    }
    this.#sweeping = false;
  }

  async #sweepOnce(): Promise<void> {
    const { store, clock, log, ended } = this.#with;
    let after = 0 as ActorId;
    while (!ended.aborted) {
      try {
        const page = await store.withMail(after, PAGE);
        const roused = await Promise.all(page.map((address) => this.#rouse(address)));
        if (roused.includes(false)) {
          // The rest of the page is in memory by then, or has no messages any more.
          await clock.sleep(RETRY_MS, ended);
        } else {
          if (page.length < PAGE) break;
          after = page.at(-1)?.id as ActorId;
        }
      } catch (error) {
        log.warn({ err: error }, "mailboxes could not be looked through; trying again");
        await clock.sleep(RETRY_MS, ended);
      }
    }
  }

  #arrived({ to, ...mail }: Outgoing): void {
    const actor = this.#with.registry.get(to.type, to.keyText);
    if (actor === undefined) return this.#changed(to, mail.mailSeq);
    if (actor.mailbox.head.has(mail.mailSeq)) return;
    // One that cannot be loaded reads its mailbox when it can be.
    if (actor.lifecycle === "failed") return actor.mailbox.missed(mail.mailSeq);
    const delivery = Delivery.ofMail(fresh(mail));
    if (actor.mailbox.take(delivery, mail.mailSeq)) {
      actor.line.push(delivery);
      this.#with.wake(actor);
    } else {
      this.feed(actor);
    }
  }

  /** Something came into a mailbox: it is read when its actor comes to it. */
  #changed(address: Address, place: number): void {
    const actor = this.#with.registry.get(address.type, address.keyText);
    if (actor === undefined) {
      void this.#rouse(address).then((roused) => {
        if (!roused) void this.sweep();
      });
      return;
    }
    actor.mailbox.missed(place);
    this.feed(actor);
  }

  /** Loads an actor, which then reads its mailbox. False when it cannot be loaded now: it is left to the sweep. */
  async #rouse({ type, keyText }: Address): Promise<boolean> {
    const { types, registry, activation, log } = this.#with;
    const definition = types.find(type);
    if (definition === undefined) {
      log.error({ type, key: keyText }, "messages wait for a type that this code does not know");
      return true;
    }
    const known = registry.get(type, keyText);
    if (known !== undefined) {
      this.#check(known);
      return true;
    }
    try {
      const actor = registry.use(definition, decodeKey(keyText), keyText);
      await activation.load(actor);
      return actor.lifecycle !== "passivated";
    } catch (error) {
      log.debug({ err: error, type, key: keyText }, "an actor with messages cannot be woken now");
      return false;
    }
  }

  /** An actor in memory knows of its messages; should it not, it looks again. */
  #check(actor: Actor): void {
    if (!actor.ready || actor.inLine > 0 || actor.mailbox.head.size > 0) return;
    actor.mailbox.missed(1);
    this.feed(actor);
  }

  async #read(actor: Actor, id: ActorId): Promise<void> {
    const { log, clock, ended, wake } = this.#with;
    const { mailbox } = actor;
    mailbox.reads();
    try {
      const { mails, more } = await this.#heads.ask({ id, except: [...mailbox.head.keys()] });
      crashPoint("mailbox: read");
      if (mailbox.hasRead(more ? (mails.at(-1)?.mailSeq ?? 0) : null)) this.#admit(actor, mails);
      wake(actor);
    } catch (error) {
      log.warn({ err: error, type: actor.type, key: actor.keyText }, "a mailbox could not be read; trying again");
      await clock.sleep(RETRY_MS, ended);
      mailbox.failed();
    }
    this.feed(actor);
  }

  #admit(actor: Actor, mails: readonly Mail[]): void {
    const { clock, retries, registry } = this.#with;
    const { mailbox, definition } = actor;
    const now = clock.now();
    const unknown = mails.filter((mail) => !mailbox.head.has(mail.mailSeq));
    const deliveries = unknown.map((mail) => Delivery.ofMail(mail));
    for (const delivery of deliveries) mailbox.keep(delivery.mailSeq, delivery);
    const early = (delivery: Delivery) => (delivery.mail?.nextAt ?? 0) > now;
    const later = definition.onFailure === "skip" ? deliveries.filter(early) : deliveries.slice(0, 1).filter(early);
    for (const delivery of later) {
      const at = delivery.mail?.nextAt ?? now;
      if (actor.hold === null || definition.onFailure === "skip") retries.putAside(actor, delivery, at);
      void retries.bringBack(actor, delivery, at);
    }
    if (actor.ready) registry.move(actor, actor.atWork, actor.waitsFor);
    mergeInto(
      actor.line,
      deliveries.filter((delivery) => !later.includes(delivery)),
    );
  }
}

function fresh(mail: Omit<Outgoing, "to">): Mail {
  return { ...mail, attempts: 0, attemptsBefore: 0, started: false, nextAt: null, error: null, effects: [] };
}
