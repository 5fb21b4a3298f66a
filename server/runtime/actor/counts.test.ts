import { expect, test } from "vitest";
import { Census } from "./counts.ts";

const counts = (census: Census) => Object.fromEntries(census.counts().map(({ type, counts }) => [type, counts]));

test("all that is stored and not in memory is passivated", () => {
  const census = new Census(["note", "counter"], new Map([["note", 10]]));
  expect(counts(census)).toEqual({ note: { passivated: 10 }, counter: {} });
  for (const _ of [1, 2, 3]) census.enter("note", "active");
  expect(counts(census)).toEqual({ note: { active: 3, passivated: 7 }, counter: {} });
});

test("actors are counted where they are, by type", () => {
  const census = new Census(["note", "counter"], new Map([["note", 2]]));
  census.enter("note", "activating");
  census.enter("note", "processing");
  census.enter("counter", "failed");
  expect(counts(census)).toEqual({ note: { activating: 1, processing: 1 }, counter: { failed: 1 } });
  census.leave("note", "activating");
  census.enter("note", "active");
  census.leave("note", "processing");
  expect(counts(census)).toEqual({ note: { active: 1, passivated: 1 }, counter: { failed: 1 } });
});

test("an actor that came to be in the store stays counted when it leaves memory", () => {
  const census = new Census(["note"], new Map());
  census.enter("note", "active");
  census.created("note", 1);
  expect(counts(census)).toEqual({ note: { active: 1 } });
  census.leave("note", "active");
  expect(counts(census)).toEqual({ note: { passivated: 1 } });
});

test("types that the server does not run are not counted", () => {
  const census = new Census(["note"], new Map([["gone", 5]]));
  census.enter("gone", "active");
  expect(counts(census)).toEqual({ note: {} });
});
