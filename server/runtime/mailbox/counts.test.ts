import { expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import type { MailCounts } from "../../protocol/mail.ts";
import { mailChange } from "../lane/mail-rows.ts";
import type { BatchRows } from "../ports/commit.ts";
import type { Store } from "../ports/store.ts";
import { MailboxCounts } from "./counts.ts";

/** A store with these counts, or one that cannot be reached. */
function open(stored: MailCounts | Error) {
  let asked = 0;
  let answer = () => {};
  const store = {
    countMail: async () => {
      asked += 1;
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      if (stored instanceof Error) throw stored;
      return stored;
    },
  } as unknown as Store;
  const counts = new MailboxCounts(store, createLog("silent"), { waiting: 5, dead: 2 });
  return { counts, asked: () => asked, answer: () => answer() };
}

const exact = (waiting: number, dead: number) => ({ waiting, dead, isExact: true });
const doubtful = (waiting: number, dead: number) => ({ waiting, dead, isExact: false });

test("batches add to the initial counts and subtract from them", () => {
  const { counts } = open({ waiting: 0, dead: 0 });
  counts.committed(exact(3, 0));
  counts.committed(exact(-2, 1));
  expect(counts.counts).toEqual({ waiting: 6, dead: 3 });
});

test("the counts are the same object until they change", () => {
  const { counts } = open({ waiting: 0, dead: 0 });
  const before = counts.counts;
  counts.committed(exact(0, 0));
  expect(counts.counts).toBe(before);
});

test("exact counts are never counted again", async () => {
  const { counts, asked } = open({ waiting: 0, dead: 0 });
  counts.committed(exact(1, 0));
  await counts.review();
  expect(asked()).toBe(0);
});

test("doubtful counts are counted again, once", async () => {
  const { counts, asked, answer } = open({ waiting: 6, dead: 1 });
  counts.committed(doubtful(2, -2));
  const review = counts.review();
  answer();
  await review;
  expect(counts.counts).toEqual({ waiting: 6, dead: 1 });
  await counts.review();
  expect(asked()).toBe(1);
});

test("a count during a commit is discarded and repeated", async () => {
  const { counts, asked, answer } = open({ waiting: 99, dead: 99 });
  counts.doubt();
  const review = counts.review();
  counts.committed(exact(1, 0));
  answer();
  await review;
  expect(counts.counts).toEqual({ waiting: 6, dead: 2 });
  void counts.review();
  expect(asked()).toBe(2);
});

test("a store that cannot be reached leaves the counts unchanged, and is queried again", async () => {
  const { counts, asked, answer } = open(new Error("gone"));
  counts.doubt();
  const review = counts.review();
  answer();
  await review;
  expect(counts.counts).toEqual({ waiting: 5, dead: 2 });
  void counts.review();
  expect(asked()).toBe(2);
});

test("a batch's change is exact, unless reminders fire in it or dead letters return", () => {
  const rows = (counts: Partial<Record<"mails" | "acks" | "dead" | "firings" | "redrives", number>>) =>
    Object.fromEntries(
      (["mails", "acks", "dead", "firings", "redrives"] as const).map((name) => [name, new Array(counts[name] ?? 0)]),
    ) as unknown as BatchRows;
  expect(mailChange(rows({ mails: 5, acks: 2, dead: 1 }))).toEqual({ waiting: 2, dead: 1, isExact: true });
  expect(mailChange(rows({ firings: 1 }))).toEqual({ waiting: 1, dead: 0, isExact: false });
  expect(mailChange(rows({ redrives: 3, dead: 1 }))).toEqual({ waiting: 2, dead: -2, isExact: false });
});
