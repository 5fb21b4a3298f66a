import { expect, test } from "vitest";
import { GreenroomError } from "../../core/errors.ts";
import { deliver } from "../../testing/runtime/deliveries.ts";
import type { Answer } from "./delivery.ts";

const answer: Answer = { reply: "1", head: 1, messageId: "m-1", repeated: false };
const failure = new GreenroomError("handler_failed", "broken");
const timeout = new GreenroomError("timeout", "too late");

test("a delivery passes the answer to its caller, and then finishes", () => {
  const { delivery, outcomes } = deliver("leave");
  delivery.answer(answer);
  expect(outcomes).toEqual([{ answer }, "finished"]);
});

test("a delivery that fails passes the error to its caller, and then finishes", () => {
  const { delivery, outcomes } = deliver("leave");
  delivery.fail(failure);
  expect(outcomes).toEqual([{ error: "handler_failed" }, "finished"]);
});

test("joined repeats get the same answer, marked as repeated", () => {
  const first = deliver("leave");
  const repeats = [deliver("leave", { id: "m-2" }), deliver("leave", { id: "m-3" })];
  for (const repeat of repeats) first.delivery.join(repeat.delivery);
  expect(repeats.map((repeat) => repeat.outcomes)).toEqual([[], []]);
  first.delivery.answer(answer);
  expect(first.outcomes).toEqual([{ answer }, "finished"]);
  for (const { outcomes } of repeats) expect(outcomes).toEqual([{ answer: { ...answer, repeated: true } }, "finished"]);
});

test("joined repeats fail with the first delivery", () => {
  const [first, repeat] = [deliver("leave"), deliver("leave")];
  first.delivery.join(repeat.delivery);
  first.delivery.fail(failure);
  expect(repeat.outcomes).toEqual([{ error: "handler_failed" }, "finished"]);
});

test.each([
  ["its answer", (delivery: ReturnType<typeof deliver>["delivery"]) => delivery.answer(answer)],
  ["its failure", (delivery: ReturnType<typeof deliver>["delivery"]) => delivery.fail(failure)],
])("a caller whose time ran out does not get %s, but joined repeats do", (_, end) => {
  const [first, repeat] = [deliver("leave"), deliver("leave")];
  first.delivery.join(repeat.delivery);
  first.delivery.expire(timeout);
  expect(first.outcomes).toEqual([{ error: "timeout" }]);
  expect(first.delivery.expired).toBe(true);
  end(first.delivery);
  expect(first.outcomes).toEqual([{ error: "timeout" }, "finished"]);
  expect(repeat.outcomes).toEqual([expect.anything(), "finished"]);
  expect(repeat.outcomes).not.toContainEqual({ error: "timeout" });
});
