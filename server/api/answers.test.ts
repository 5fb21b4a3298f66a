import { describe, expect, test } from "vitest";
import { type Answer, Answers } from "./answers.ts";

/** An answer that comes when the test says so. */
function later(): { promise: Promise<Answer>; come(text: string, last?: boolean): void } {
  let settle: (answer: Answer) => void = () => undefined;
  const promise = new Promise<Answer>((resolve) => {
    settle = resolve;
  });
  return { promise, come: (text, last = false) => settle({ text, last }) };
}

/** Whether a promise has settled once everything that was due has run. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.finally(() => {
    done = true;
  });
  for (let i = 0; i < 20; i++) await Promise.resolve();
  return done;
}

describe("answers put back in order", () => {
  test("are returned in request order, all that are ready at once", async () => {
    const answers = new Answers(10, 1_000);
    const [a, b, c] = [later(), later(), later()];
    for (const { promise } of [a, b, c]) answers.add(1, promise);
    const first = answers.take();
    c.come("c");
    b.come("b");
    expect(await settled(first)).toBe(false);
    a.come("a");
    expect(await first).toBe("abc");
    answers.end();
    expect(await answers.take()).toBeNull();
  });

  test("make the reader wait if there are too many", async () => {
    const answers = new Answers(2, 1_000);
    const [a, b] = [later(), later()];
    answers.add(1, a.promise);
    answers.add(1, b.promise);
    const room = answers.room(1);
    expect(await settled(room)).toBe(false);
    a.come("a");
    expect(await answers.take()).toBe("a");
    expect(await settled(room)).toBe(true);
  });

  test("make the reader wait if they cost too much together, but a single one can cost more", async () => {
    const answers = new Answers(10, 100);
    expect(await settled(answers.room(500))).toBe(true);
    const big = later();
    answers.add(500, big.promise);
    const room = answers.room(1);
    expect(await settled(room)).toBe(false);
    big.come("big");
    expect(await answers.take()).toBe("big");
    expect(await settled(room)).toBe(true);
  });

  test("end after the last one; earlier ones are still returned", async () => {
    const answers = new Answers(2, 100);
    const [a, b] = [later(), later()];
    answers.add(1, a.promise);
    answers.add(1, b.promise);
    const room = answers.room(1);
    b.come("b", true);
    expect(await settled(room)).toBe(true);
    expect(answers.ended).toBe(true);
    a.come("a");
    expect(await answers.take()).toBe("ab");
    expect(await answers.take()).toBeNull();
  });
});
