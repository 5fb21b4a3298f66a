import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { GreenroomError } from "../../core/errors.ts";
import { createLog } from "../../process/log.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import type { ActorId } from "../ports/ids.ts";
import type { DueReminder } from "../ports/mail-rows.ts";
import type { ExternalWrite } from "../shared/external-write.ts";
import { MailSeqs } from "../shared/mail-seqs.ts";
import { Reminders } from "./reminders.ts";

/** Due reminders of a store that never changes, and the messages posted for them. */
function firing(due: readonly Partial<DueReminder>[]) {
  const clock = new VirtualClock(100_000);
  const posts: ExternalWrite[] = [];
  const one = { actor: 1 as ActorId, type: "bell", keyText: "1", generation: 1, at: 0, every: null };
  const reminders = new Reminders({
    store: {
      dueReminders: async () => due.map((more, i) => ({ ...one, name: `r${i}`, ...more })),
      nextReminder: async () => null,
    },
    clock,
    log: createLog("silent"),
    mailSeqs: new MailSeqs(0),
    lanes: { post: (post) => posts.push(post) },
  });
  const tick = async () => {
    clock.advance(100);
    await turn();
  };
  return { posts, tick, reminders };
}

test("a reminder that could not be put into its mailbox is retried, unless it is still in progress", async () => {
  const { posts, tick } = firing([{}, {}]);
  await tick();
  expect(posts.map(({ kind, mailSeq }) => [kind, mailSeq])).toEqual([
    ["firing", 1],
    ["firing", 2],
  ]);
  posts[0]?.settle(new GreenroomError("handler_failed", "refused"));
  await tick();
  expect(posts).toHaveLength(2);
  posts[1]?.settle(null);
  await tick();
  await tick();
  expect(posts).toHaveLength(4);
});

test.each([
  [null, 0, null],
  [1_000, 99_500, 100_500],
  [1_000, 50_200, 100_200],
  [60_000, 100_100, 160_100],
])("a reminder of every %s ms that was due at %i is due next at %s", async (every, at, next) => {
  const { posts, tick } = firing([{ every, at }]);
  await tick();
  expect(posts).toMatchObject([{ next }]);
});

test("its message has the same id in every attempt", async () => {
  const { posts, tick } = firing([{}]);
  for (let i = 0; i < 3; i++) {
    await tick();
    posts.at(-1)?.settle(new GreenroomError("handler_failed", "refused"));
    await turn();
  }
  const ids = posts.map((post) => (post.kind === "firing" ? post.messageId : ""));
  expect(ids.length).toBeGreaterThan(1);
  expect(new Set(ids).size).toBe(1);
});
