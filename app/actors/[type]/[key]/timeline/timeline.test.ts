import { describe, expect, test } from "vitest";
import type { Entry, EntryBody } from "../../../../../server/protocol/journal.ts";
import { inWords, messageTimes, withTimes } from "./timeline.ts";

const message = (id: string, now: number) => ({ id, command: `do-${id}`, payload: {}, now });
const rest = { reply: null, version: 1, code: "c" };
const turn = (id: string, now?: number): EntryBody => ({
  ...{ kind: "turn", messageId: id, ...rest },
  ...(now === undefined ? {} : { message: message(id, now) }),
});
const received = (id: string, now: number): EntryBody => ({
  kind: "received",
  messageId: id,
  message: message(id, now),
});
const effect = (id: string, n: number, startedAt?: number, attempts = 1): EntryBody => ({
  ...{ kind: "effect", messageId: id, n, effect: { name: "quote", attempts, result: 1 } },
  ...(startedAt === undefined ? {} : { startedAt }),
});
const failed = (id: string, attempt: number, now?: number): EntryBody => ({
  ...{ kind: "attempt_failed", messageId: id, attempt, error: { name: "Error", message: "no", stack: "" }, code: "c" },
  ...(now === undefined ? {} : { message: message(id, now) }),
});
const journal = (...entries: [at: number, body: EntryBody][]): Entry[] =>
  entries.map(([at, body], i) => ({ seq: i + 1, at, body }));
const words = (entries: Entry[], now = 0) => messageTimes(entries).map((time) => inWords(time, now));

describe("the phases of a message", () => {
  test("are waiting behind the message before it, then running", () => {
    expect(words(journal([110, turn("a", 100)], [130, turn("b", 105)]))).toEqual([
      "running 10 ms, commit unknown",
      "waiting 5.0 ms, running 20 ms, commit unknown",
    ]);
  });

  test("end with its commit, if its duration is known", () => {
    const entries = journal([110, received("a", 100)], [150, effect("a", 0, 116)], [170, turn("a")]);
    const timed = entries.map((entry, i) => ({ ...entry, durationMs: [5, 10, 3][i] }));
    expect(words(timed)).toEqual([
      "running 10 ms, commit 5.0 ms, effect quote 34 ms, commit 10 ms, running 10 ms, commit 3.0 ms",
    ]);
    expect(messageTimes(timed)).toMatchObject([{ end: { at: 170 }, isWhole: true }]);
    expect(words(timed.slice(0, 2), 165)).toEqual([
      "running 10 ms, commit 5.0 ms, effect quote 34 ms, commit 10 ms, running 5.0 ms",
    ]);
  });

  test("take a commit's duration from the stream if the read entry has none", () => {
    const entries = journal([110, turn("a", 100)], [130, turn("b", 120)]);
    const reported = entries.map((entry) => ({ ...entry, durationMs: 2 }));
    const read = [{ ...(entries[0] as Entry), durationMs: 4 }, entries[1] as Entry];
    expect(words(withTimes(read, reported))).toEqual(["running 10 ms, commit 4.0 ms", "running 10 ms, commit 2.0 ms"]);
  });

  test("have a bar for each effect, and for the commits that effects wait for", () => {
    const entries = journal(
      [110, received("a", 100)],
      [150, effect("a", 0, 115)],
      [190, effect("a", 1, 155, 3)],
      [200, turn("a")],
    );
    expect(words(entries)).toEqual([
      "running 10 ms, commit 5.0 ms, effect quote 35 ms, commit 5.0 ms, effect quote, 3 attempts 35 ms, running 10 ms, commit unknown",
    ]);
    expect(messageTimes(entries)).toMatchObject([{ command: "do-a", seq: 4, end: { at: 200, isError: false } }]);
  });

  test("start an effect at the previous entry if its start is not recorded", () => {
    expect(words(journal([110, received("a", 100)], [150, effect("a", 0)], [151, turn("a")]))).toEqual([
      "running 10 ms, effect quote 40 ms, running 1.0 ms, commit unknown",
    ]);
  });

  test("show back-off and how it ended", () => {
    const entries = journal([110, failed("a", 1, 100)], [210, failed("a", 2)]);
    expect(words(entries)).toEqual(["running 10 ms, backing off 100 ms, commit unknown"]);
    expect(messageTimes(entries)[0]?.end).toEqual({ at: 210, isError: true });
  });

  test("continue while it is in progress", () => {
    expect(words(journal([110, received("a", 100)]), 140)).toEqual(["running 10 ms, running 30 ms"]);
  });

  test("are omitted for a message that started before the first entry", () => {
    expect(messageTimes(journal([110, effect("a", 0)], [120, turn("a")]))).toEqual([]);
  });
});
