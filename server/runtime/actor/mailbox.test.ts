import { describe, expect, test } from "vitest";
import { mailAt } from "../../testing/runtime/mails.ts";
import { Delivery } from "./delivery.ts";
import { Mailbox } from "./mailbox.ts";

const mail = (mailSeq: number, payload = "{}") => Delivery.ofMail(mailAt(mailSeq, { payload }));
const take = (mailbox: Mailbox, ...mailSeqs: number[]) =>
  mailSeqs.map((mailSeq) => mailbox.take(mail(mailSeq), mailSeq));

describe("a mailbox that is completely in memory", () => {
  test("takes committed messages", () => {
    const mailbox = new Mailbox();
    expect(take(mailbox, 1, 2)).toEqual([true, true]);
    expect([...mailbox.head.keys()]).toEqual([1, 2]);
    expect(mailbox.unreadAbove).toBeNull();
    expect(mailbox.shouldRead(undefined)).toBe(false);
  });

  test("leaves messages in the store when it is full, and all later ones", () => {
    const mailbox = new Mailbox();
    const taken = take(mailbox, ...Array.from({ length: 1_030 }, (_, i) => i + 1));
    expect(taken.indexOf(false)).toBe(1_024);
    expect(mailbox.unreadAbove).toBe(1_024);
    mailbox.drop(1);
    expect(take(mailbox, 1_031)).toEqual([false]);
  });

  test("is full after a few large messages or many small ones", () => {
    const mailbox = new Mailbox();
    const large = JSON.stringify("x".repeat(1024 * 1024));
    const taken = Array.from({ length: 100 }, (_, i) => mailbox.take(mail(i + 1, large), i + 1));
    expect(taken.filter(Boolean).length).toBeLessThanOrEqual(32);
    expect(mailbox.unreadAbove).toBe(taken.filter(Boolean).length);
  });
});

describe("a mailbox that must be read", () => {
  test("is read when little of it is left, once at a time", () => {
    const mailbox = new Mailbox();
    take(mailbox, ...Array.from({ length: 16 }, (_, i) => i + 1));
    mailbox.missed(100);
    expect(mailbox.shouldRead(undefined)).toBe(false);
    mailbox.drop(1);
    expect(mailbox.shouldRead(undefined)).toBe(true);
    mailbox.startReading();
    expect(mailbox.shouldRead(undefined)).toBe(false);
    mailbox.readFailed();
    expect(mailbox.shouldRead(undefined)).toBe(true);
  });

  test("is read when the next message in the inbox comes after what the store has", () => {
    const mailbox = new Mailbox();
    take(mailbox, ...Array.from({ length: 20 }, (_, i) => i + 11));
    mailbox.missed(10);
    expect(mailbox.unreadAbove).toBe(9);
    expect(mailbox.shouldRead(mail(9))).toBe(false);
    expect(mailbox.shouldRead(mail(11))).toBe(true);
  });

  test("knows up to where it was read, or that all of it was", () => {
    const mailbox = new Mailbox();
    mailbox.missed(1);
    mailbox.startReading();
    expect(mailbox.finishReading(50)).toBe(true);
    expect(mailbox.unreadAbove).toBe(50);
    mailbox.startReading();
    expect(mailbox.finishReading(null)).toBe(true);
    expect(mailbox.unreadAbove).toBeNull();
  });

  test("keeps messages that arrived during a read, whether before or after those that were read", () => {
    for (const [came, upTo, left] of [
      [60, 50, 50],
      [40, 50, 39],
      [60, null, 59],
    ] as const) {
      const mailbox = new Mailbox();
      mailbox.missed(1);
      mailbox.startReading();
      expect(take(mailbox, came)).toEqual([false]);
      mailbox.finishReading(upTo);
      expect(mailbox.unreadAbove).toBe(left);
    }
  });

  test("ignores messages that were read before they were dropped", () => {
    const mailbox = new Mailbox();
    mailbox.missed(1);
    mailbox.startReading();
    mailbox.forget();
    expect(mailbox.finishReading(null)).toBe(false);
    expect(mailbox.unreadAbove).toBe(0);
    mailbox.startReading();
    expect(mailbox.finishReading(null)).toBe(true);
    expect(mailbox.unreadAbove).toBeNull();
  });

  test("is not read while all messages in memory wait for a retry", () => {
    const mailbox = new Mailbox();
    for (let mailSeq = 1; mailSeq <= 1_024; mailSeq++) {
      const delivery = mail(mailSeq);
      mailbox.take(delivery, mailSeq);
      mailbox.putAside(delivery);
    }
    mailbox.missed(2_000);
    expect(mailbox.shouldRead(undefined)).toBe(false);
    for (const delivery of [...mailbox.aside].slice(0, 16)) {
      mailbox.takeBack(delivery);
      mailbox.drop(delivery.mailSeq);
    }
    expect(mailbox.shouldRead(undefined)).toBe(true);
  });
});
