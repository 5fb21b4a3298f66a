import { expect, test } from "vitest";
import { deliver } from "../../testing/runtime/deliveries.ts";
import { Repeats } from "./repeats.ts";

const note = { type: "note", keyText: "n1" };
const other = { type: "note", keyText: "n2" };

test("a message with a key is in progress until it finishes, for its actor only", () => {
  const repeats = new Repeats();
  const { delivery } = deliver("leave", { key: "k" });
  expect(repeats.first(note, "k")).toBeUndefined();
  repeats.add(note, delivery);
  expect(repeats.first(note, "k")).toBe(delivery);
  expect(repeats.first(other, "k")).toBeUndefined();
  expect(repeats.first(note, "k2")).toBeUndefined();
  repeats.remove(delivery);
  expect(repeats.first(note, "k")).toBeUndefined();
});

test("a finished repeat does not remove the first message", () => {
  const repeats = new Repeats();
  const [first, repeat] = [deliver("leave", { key: "k" }).delivery, deliver("leave", { key: "k" }).delivery];
  repeats.add(note, first);
  repeats.remove(repeat);
  expect(repeats.first(note, "k")).toBe(first);
});

test("messages without a key are not tracked", () => {
  const repeats = new Repeats();
  const { delivery } = deliver("leave");
  repeats.add(note, delivery);
  expect(repeats.first(note, undefined)).toBeUndefined();
  repeats.remove(delivery);
});

test("keys and names with the same concatenation are not confused", () => {
  const repeats = new Repeats();
  repeats.add({ type: "a", keyText: "b" }, deliver("leave", { key: "c" }).delivery);
  expect(repeats.first({ type: "a", keyText: "b:c" }, "c")).toBeUndefined();
  expect(repeats.first({ type: "a", keyText: "" }, "b c")).toBeUndefined();
});
