import { expect, test } from "vitest";
import { GreenroomError } from "../../core/errors.ts";
import { deliver } from "../../testing/runtime/deliveries.ts";
import type { Answer } from "./delivery.ts";

const answer: Answer = { reply: "1", head: 1, messageId: "m-1", repeated: false };
const failure = new GreenroomError("handler_failed", "broken");
const timeout = new GreenroomError("timeout", "too late");

test("a delivery tells its caller the answer, then that it is finished", () => {
  const { delivery, received } = deliver("leave");
  delivery.answer(answer);
  expect(received).toEqual([{ answer }, "finished"]);
});

test("a delivery that fails tells its caller the error, then that it is finished", () => {
  const { delivery, received } = deliver("leave");
  delivery.fail(failure);
  expect(received).toEqual([{ error: "handler_failed" }, "finished"]);
});

test("repeats that joined have the same answer, and are told that it is repeated", () => {
  const first = deliver("leave");
  const repeats = [deliver("leave", { id: "m-2" }), deliver("leave", { id: "m-3" })];
  for (const repeat of repeats) first.delivery.join(repeat.delivery);
  expect(repeats.map((repeat) => repeat.received)).toEqual([[], []]);
  first.delivery.answer(answer);
  expect(first.received).toEqual([{ answer }, "finished"]);
  for (const { received } of repeats) expect(received).toEqual([{ answer: { ...answer, repeated: true } }, "finished"]);
});

test("repeats that joined fail with the first", () => {
  const [first, repeat] = [deliver("leave"), deliver("leave")];
  first.delivery.join(repeat.delivery);
  first.delivery.fail(failure);
  expect(repeat.received).toEqual([{ error: "handler_failed" }, "finished"]);
});

test.each([
  ["its answer", (delivery: ReturnType<typeof deliver>["delivery"]) => delivery.answer(answer)],
  ["its failure", (delivery: ReturnType<typeof deliver>["delivery"]) => delivery.fail(failure)],
])("a caller who was told that the time ran out is not told %s, but those who joined are", (_, end) => {
  const [first, repeat] = [deliver("leave"), deliver("leave")];
  first.delivery.join(repeat.delivery);
  first.delivery.expire(timeout);
  expect(first.received).toEqual([{ error: "timeout" }]);
  expect(first.delivery.expired).toBe(true);
  end(first.delivery);
  expect(first.received).toEqual([{ error: "timeout" }, "finished"]);
  expect(repeat.received).toEqual([expect.anything(), "finished"]);
  expect(repeat.received).not.toContainEqual({ error: "timeout" });
});
