import { expect, test } from "vitest";
import { mailAt } from "../../testing/mails.ts";
import { Caution } from "./poison-guard.ts";

/** Enters messages, and says which may be marked. */
function entering(caution: Caution) {
  const marked: number[] = [];
  return { marked, enter: (id: number, begun: boolean) => caution.enter(mailAt(id, { begun }), () => marked.push(id)) };
}

test("after a clean stop no message is marked but one that was begun", () => {
  const caution = new Caution(0);
  expect(caution.concerns(mailAt(1))).toBe(false);
  expect(caution.concerns(mailAt(1, { begun: true }))).toBe(true);
});

test("after a crash what it left behind is marked, once, and nothing that came later", () => {
  const caution = new Caution(10);
  const { marked, enter } = entering(caution);
  expect([10, 11].map((id) => caution.concerns(mailAt(id)))).toEqual([true, false]);
  enter(10, false);
  enter(9, false);
  expect(marked).toEqual([10, 9]);
  expect(caution.concerns(mailAt(10))).toBe(false);
  caution.left(mailAt(10));
  expect(caution.concerns(mailAt(10))).toBe(true);
});

test("suspects run one at a time, in their order, and hold up no others", () => {
  const caution = new Caution(10);
  const { marked, enter } = entering(caution);
  for (const id of [1, 2, 3]) enter(id, true);
  enter(4, false);
  expect(marked).toEqual([1, 4]);
  caution.left(mailAt(4));
  expect(marked).toEqual([1, 4]);
  caution.left(mailAt(1, { begun: true }));
  caution.left(mailAt(2, { begun: true }));
  expect(marked).toEqual([1, 4, 2, 3]);
});

test("a suspect whose turn does not come about lets the next one go", () => {
  const caution = new Caution(10);
  const { marked, enter } = entering(caution);
  const dropped = mailAt(1, { begun: true });
  caution.enter(mailAt(5, { begun: true }), () => undefined);
  caution.enter(dropped, () => caution.left(dropped));
  enter(2, true);
  caution.left(mailAt(5));
  expect(marked).toEqual([2]);
});
