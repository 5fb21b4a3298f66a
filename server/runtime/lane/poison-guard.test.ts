import { expect, test } from "vitest";
import { mailAt } from "../../testing/runtime/mails.ts";
import { PoisonGuard } from "./poison-guard.ts";

/** Enters messages, and returns those that may be marked. */
function entering(poisonGuard: PoisonGuard) {
  const marked: number[] = [];
  return {
    marked,
    enter: (id: number, started: boolean) => poisonGuard.enter(mailAt(id, { started }), () => marked.push(id)),
  };
}

test("after a clean stop only messages whose attempt started are marked", () => {
  const poisonGuard = new PoisonGuard(0);
  expect(poisonGuard.concerns(mailAt(1))).toBe(false);
  expect(poisonGuard.concerns(mailAt(1, { started: true }))).toBe(true);
});

test("after a crash the remaining messages are marked, once, and no later ones", () => {
  const poisonGuard = new PoisonGuard(10);
  const { marked, enter } = entering(poisonGuard);
  expect([10, 11].map((id) => poisonGuard.concerns(mailAt(id)))).toEqual([true, false]);
  enter(10, false);
  enter(9, false);
  expect(marked).toEqual([10, 9]);
  expect(poisonGuard.concerns(mailAt(10))).toBe(false);
  poisonGuard.left(mailAt(10));
  expect(poisonGuard.concerns(mailAt(10))).toBe(true);
});

test("quarantined messages run one at a time, in order, and block no others", () => {
  const poisonGuard = new PoisonGuard(10);
  const { marked, enter } = entering(poisonGuard);
  for (const id of [1, 2, 3]) enter(id, true);
  enter(4, false);
  expect(marked).toEqual([1, 4]);
  poisonGuard.left(mailAt(4));
  expect(marked).toEqual([1, 4]);
  poisonGuard.left(mailAt(1, { started: true }));
  poisonGuard.left(mailAt(2, { started: true }));
  expect(marked).toEqual([1, 4, 2, 3]);
});

test("a quarantined message whose turn does not happen lets the next one run", () => {
  const poisonGuard = new PoisonGuard(10);
  const { marked, enter } = entering(poisonGuard);
  const dropped = mailAt(1, { started: true });
  poisonGuard.enter(mailAt(5, { started: true }), () => undefined);
  poisonGuard.enter(dropped, () => poisonGuard.left(dropped));
  enter(2, true);
  poisonGuard.left(mailAt(5));
  expect(marked).toEqual([2]);
});
