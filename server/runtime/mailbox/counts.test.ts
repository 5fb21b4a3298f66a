import { expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import type { MailCounts } from "../../protocol/mail.ts";
import type { BatchRows } from "../ports/commit.ts";
import type { Store } from "../ports/store.ts";
import { MailboxCounts, mailChange } from "./counts.ts";

/** A store in which this much mail is, or that cannot be reached. */
function open(counts: MailCounts | Error) {
  let asked = 0;
  let answer = () => {};
  const store = {
    countMail: async () => {
      asked += 1;
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      if (counts instanceof Error) throw counts;
      return counts;
    },
  } as unknown as Store;
  const tally = new MailboxCounts(store, createLog("silent"), { waiting: 5, dead: 2 });
  return { tally, asked: () => asked, answer: () => answer() };
}

const exact = (waiting: number, dead: number) => ({ waiting, dead, isExact: true });
const doubtful = (waiting: number, dead: number) => ({ waiting, dead, isExact: false });

test("batches add to what was counted at the start, and take from it", () => {
  const { tally } = open({ waiting: 0, dead: 0 });
  tally.committed(exact(3, 0));
  tally.committed(exact(-2, 1));
  expect(tally.counts).toEqual({ waiting: 6, dead: 3 });
});

test("the counts are the same object until they change", () => {
  const { tally } = open({ waiting: 0, dead: 0 });
  const { counts } = tally;
  tally.committed(exact(0, 0));
  expect(tally.counts).toBe(counts);
});

test("nothing is counted anew without a doubt", async () => {
  const { tally, asked } = open({ waiting: 0, dead: 0 });
  tally.committed(exact(1, 0));
  await tally.review();
  expect(asked()).toBe(0);
});

test("what is doubtful is counted anew, once", async () => {
  const { tally, asked, answer } = open({ waiting: 6, dead: 1 });
  tally.committed(doubtful(2, -2));
  const review = tally.review();
  answer();
  await review;
  expect(tally.counts).toEqual({ waiting: 6, dead: 1 });
  await tally.review();
  expect(asked()).toBe(1);
});

test("what is counted while something commits is not used, and counted again", async () => {
  const { tally, asked, answer } = open({ waiting: 99, dead: 99 });
  tally.doubt();
  const review = tally.review();
  tally.committed(exact(1, 0));
  answer();
  await review;
  expect(tally.counts).toEqual({ waiting: 6, dead: 2 });
  void tally.review();
  expect(asked()).toBe(2);
});

test("a store that cannot be reached leaves the counts as they are, and is asked again", async () => {
  const { tally, asked, answer } = open(new Error("gone"));
  tally.doubt();
  const review = tally.review();
  answer();
  await review;
  expect(tally.counts).toEqual({ waiting: 5, dead: 2 });
  void tally.review();
  expect(asked()).toBe(2);
});

test("a batch's rows say what it changes, exactly unless reminders fire in it or letters go back", () => {
  const rows = (counts: Partial<Record<"mails" | "acks" | "dead" | "firings" | "redrives", number>>) =>
    Object.fromEntries(
      (["mails", "acks", "dead", "firings", "redrives"] as const).map((name) => [name, new Array(counts[name] ?? 0)]),
    ) as unknown as BatchRows;
  expect(mailChange(rows({ mails: 5, acks: 2, dead: 1 }))).toEqual({ waiting: 2, dead: 1, isExact: true });
  expect(mailChange(rows({ firings: 1 }))).toEqual({ waiting: 1, dead: 0, isExact: false });
  expect(mailChange(rows({ redrives: 3, dead: 1 }))).toEqual({ waiting: 2, dead: -2, isExact: false });
});
