import { expect, test } from "vitest";
import { ActorCounts } from "./counts.ts";

const counts = (actorCounts: ActorCounts) =>
  Object.fromEntries(actorCounts.counts().map(({ type, counts }) => [type, counts]));

test("stored actors that are not in memory are passivated", () => {
  const actorCounts = new ActorCounts(["note", "counter"], new Map([["note", 10]]));
  expect(counts(actorCounts)).toEqual({ note: { passivated: 10 }, counter: {} });
  for (const _ of [1, 2, 3]) actorCounts.enter("note", "active");
  expect(counts(actorCounts)).toEqual({ note: { active: 3, passivated: 7 }, counter: {} });
});

test("actors are counted by type and lifecycle", () => {
  const actorCounts = new ActorCounts(["note", "counter"], new Map([["note", 2]]));
  actorCounts.enter("note", "activating");
  actorCounts.enter("note", "processing");
  actorCounts.enter("counter", "failed");
  expect(counts(actorCounts)).toEqual({ note: { activating: 1, processing: 1 }, counter: { failed: 1 } });
  actorCounts.leave("note", "activating");
  actorCounts.enter("note", "active");
  actorCounts.leave("note", "processing");
  expect(counts(actorCounts)).toEqual({ note: { active: 1, passivated: 1 }, counter: { failed: 1 } });
});

test("an actor that was stored stays counted when it leaves memory", () => {
  const actorCounts = new ActorCounts(["note"], new Map());
  actorCounts.enter("note", "active");
  actorCounts.created("note", 1);
  expect(counts(actorCounts)).toEqual({ note: { active: 1 } });
  actorCounts.leave("note", "active");
  expect(counts(actorCounts)).toEqual({ note: { passivated: 1 } });
});

test("unknown types are not counted", () => {
  const actorCounts = new ActorCounts(["note"], new Map([["gone", 5]]));
  actorCounts.enter("gone", "active");
  expect(counts(actorCounts)).toEqual({ note: {} });
});
