import { describe, expect, test } from "vitest";
import { GreenroomError, recordedError } from "../../core/errors.ts";
import { mailAt } from "../../testing/runtime/mails.ts";
import { Note } from "../../testing/types/note.ts";
import { attemptOf, dispositionOnFailure } from "./disposition.ts";

const type = { ...Note, attempts: 3 };
const failed = new GreenroomError("handler_failed", "note.crash failed: late", undefined, {
  cause: new RangeError("late"),
});
const effects = [{ name: "x", attempts: 1, result: 1 }];

describe("a message whose attempt failed", () => {
  test("is retried with exponential backoff, with the results of its effects", () => {
    const first = dispositionOnFailure(type, mailAt(7), failed, effects, 1_000);
    expect(first).toMatchObject({ kind: "nack", mailSeq: 7, progress: { attempts: 1, started: false, effects } });
    const second = dispositionOnFailure(type, mailAt(7, { attempts: 1 }), failed, effects, 1_000);
    const wait = (disposition: typeof first) =>
      disposition.kind === "nack" ? (disposition.progress.nextAt ?? 0) - 1_000 : 0;
    expect(wait(first)).toBeGreaterThanOrEqual(50);
    expect(wait(first)).toBeLessThanOrEqual(100);
    expect(wait(second)).toBeGreaterThanOrEqual(100);
  });

  test("as often as its type allows becomes a dead letter with all attempts, the error and its fingerprint", () => {
    const disposition = dispositionOnFailure(type, mailAt(7, { attempts: 2 }), failed, effects, 1_000);
    expect(disposition).toMatchObject({
      kind: "dead",
      mailSeq: 7,
      letter: { attempts: 3, effects, error: { name: "RangeError" }, title: "RangeError: note.crash failed: late" },
    });
  });

  test("after a redrive has its full number of attempts again, and continues counting", () => {
    const redriven = mailAt(7, { attempts: 3, attemptsBefore: 3 });
    expect(dispositionOnFailure(type, redriven, failed, [], 0)).toMatchObject({
      kind: "nack",
      progress: { attempts: 4 },
    });
    const last = { ...redriven, attempts: 5 };
    expect(dispositionOnFailure(type, last, failed, [], 0)).toMatchObject({ kind: "dead", letter: { attempts: 6 } });
  });

  test.each(["rejected", "invalid_payload", "unknown_command", "payload_too_large"] as const)(
    "as %s becomes a dead letter at once, because it would fail again",
    (code) => {
      const disposition = dispositionOnFailure(type, mailAt(7), new GreenroomError(code, "no"), [], 0);
      expect(disposition).toMatchObject({ kind: "dead", letter: { attempts: 1 } });
    },
  );
});

test("an attempt that was marked as started is already counted", () => {
  expect(attemptOf(null)).toBe(1);
  expect(attemptOf(mailAt(1, { attempts: 2 }))).toBe(3);
  expect(attemptOf(mailAt(1, { attempts: 2, started: true }))).toBe(2);
});

test("the recorded error is what the handler threw, with the caller's error code", () => {
  expect(recordedError(failed)).toEqual({
    name: "RangeError",
    message: "note.crash failed: late",
    stack: expect.stringContaining("RangeError: late"),
  });
  expect(recordedError(new GreenroomError("rejected", "no"))).toMatchObject({
    name: "GreenroomError",
    message: "no",
  });
});
