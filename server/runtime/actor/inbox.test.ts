import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deliver } from "../../testing/runtime/deliveries.ts";
import { mailAt } from "../../testing/runtime/mails.ts";
import { Delivery } from "./delivery.ts";
import { Inbox } from "./inbox.ts";

const mail = (mailSeq: number) => Delivery.ofMail(mailAt(mailSeq));
const ask = () => deliver("leave").delivery;

function inboxOf(...deliveries: Delivery[]): Inbox {
  const inbox = new Inbox();
  for (const delivery of deliveries) inbox.push(delivery);
  return inbox;
}

describe("merging messages from the mailbox", () => {
  const merged = (accepted: number[], read: number[]) => {
    const inbox = inboxOf(...accepted.map(mail));
    inbox.merge(read.map(mail));
    return [...inbox].map(({ mailSeq }) => mailSeq);
  };

  test("puts each before the messages that were accepted after it", () => {
    expect(merged([], [1, 2])).toEqual([1, 2]);
    expect(merged([1, 2], [])).toEqual([1, 2]);
    expect(merged([5, 5, 9], [3, 5, 7, 11])).toEqual([3, 5, 5, 5, 7, 9, 11]);
  });

  test("puts a message before one with the same number", () => {
    const [accepted, read] = [mail(5), mail(5)];
    const inbox = inboxOf(accepted);
    inbox.merge([read]);
    expect(inbox.first).toBe(read);
    expect([...inbox][1]).toBe(accepted);
  });

  test("keeps the order of both", () => {
    const sorted = fc.array(fc.nat(20), { maxLength: 20 }).map((seqs) => seqs.sort((a, b) => a - b));
    fc.assert(
      fc.property(sorted, sorted, (accepted, read) => {
        const [before, mails] = [accepted.map(mail), read.map(mail)];
        const inbox = inboxOf(...before);
        inbox.merge(mails);
        expect([...inbox].map(({ mailSeq }) => mailSeq)).toEqual([...accepted, ...read].sort((a, b) => a - b));
        expect([...inbox].filter((one) => before.includes(one))).toEqual(before);
        expect([...inbox].filter((one) => mails.includes(one))).toEqual(mails);
      }),
      { numRuns: 200 },
    );
  });
});

describe("taking asks", () => {
  test("returns all asks in their order and leaves the messages from the mailbox", () => {
    const [a, m, b] = [ask(), mail(1), ask()];
    const inbox = inboxOf(a, m, b);
    expect(inbox.takeAsks()).toEqual([a, b]);
    expect([...inbox]).toEqual([m]);
  });

  test("from one on leaves the asks before it", () => {
    const [a, m, b, c] = [ask(), mail(1), ask(), ask()];
    const inbox = inboxOf(a, m, b, c);
    expect(inbox.takeAsks(b)).toEqual([b, c]);
    expect([...inbox]).toEqual([a, m]);
  });

  test("from one that has left takes nothing", () => {
    const [a, gone] = [ask(), ask()];
    const inbox = inboxOf(a);
    expect(inbox.takeAsks(gone)).toEqual([]);
    expect([...inbox]).toEqual([a]);
  });
});

test("dropping the messages from the mailbox leaves the asks", () => {
  const a = ask();
  const inbox = inboxOf(mail(1), a, mail(2));
  inbox.dropMails();
  expect([...inbox]).toEqual([a]);
});
