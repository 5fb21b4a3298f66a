import { describe, expect, test } from "vitest";
import { fnv1a, seededRandom, uuidFrom } from "./random.ts";

const first = (seed: string, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random());
};

describe("a seeded generator", () => {
  test("gives the same numbers as in earlier versions", () => {
    expect(first("0b5c6b5e-1d5c-4d0f-9a55-3f1f0a3c2d11", 4)).toEqual([
      0.22315967944450676, 0.16486240224912763, 0.07478598738089204, 0.24463822017423809,
    ]);
    expect(first("", 2)).toEqual([0.11648316401988268, 0.9504442461766303]);
    expect(first("π😀", 2)).toEqual([0.7666970631107688, 0.2614447243977338]);
  });

  test("gives the same sequence for the same seed, however many run at once", () => {
    const [one, other] = [seededRandom("seed"), seededRandom("seed")];
    for (let i = 0; i < 100; i++) expect(one()).toBe(other());
  });

  test("gives another sequence for another seed", () => {
    const seeds = Array.from({ length: 10_000 }, (_, i) => `message-${i}`);
    expect(new Set(seeds.map((seed) => first(seed, 2).join())).size).toBe(seeds.length);
  });

  test.each([
    ["one seed's numbers", first("uniform", 10_000)],
    ["many seeds' first numbers", Array.from({ length: 10_000 }, (_, i) => first(`message-${i}`, 1)[0]!)],
  ])("spreads evenly over [0, 1): %s", (_, numbers) => {
    const tenths = new Array<number>(10).fill(0);
    for (const number of numbers) tenths[Math.floor(number * 10)]! += 1;
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});

describe("a UUID from a generator", () => {
  test("is the same as in earlier versions", () => {
    expect(uuidFrom(seededRandom("seed"))).toBe("fd0cf6fb-3d63-4cc4-b42b-c72454ef7a38");
  });

  test("has version 4 and variant 1, and differs each time", () => {
    const random = seededRandom("uuids");
    const uuids = Array.from({ length: 1_000 }, () => uuidFrom(random));
    expect(new Set(uuids).size).toBe(uuids.length);
    for (const uuid of uuids) expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

test.each([
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["foobar", 0xbf9cf968],
])("FNV-1a of %j is the published value", (text, hash) => {
  expect(fnv1a(text)).toBe(hash);
});
