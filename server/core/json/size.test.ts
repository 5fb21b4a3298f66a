import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../../protocol/journal.ts";
import { gainedBytes, jsonBytes } from "./size.ts";

const bytes = (value: Json) => Buffer.byteLength(JSON.stringify(value));
const json = fc.jsonValue({ maxDepth: 4, stringUnit: "binary" }) as fc.Arbitrary<Json>;

test("the size of a value is the size of its JSON", () => {
  fc.assert(fc.property(json, (value) => jsonBytes(value) === bytes(value)));
  const values: Json[] = [null, true, -0, 1.5e300, 'é\n"\\', [], {}, [[]], { é: {}, b: 1 }];
  for (const value of values) {
    expect(jsonBytes(value)).toBe(bytes(value));
  }
});

test("the gained bytes are the difference in JSON size, however much two values share", () => {
  const members = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), json);
  const shared = fc.tuple(members, members, fc.array(json), fc.array(json));
  fc.assert(
    fc.property(shared, ([both, own, list, more]) => {
      const before = { both, own: list, list: [...list, both, list], x: both };
      const after = { both, own, list: [both, ...list, ...more], y: list, x: { ...both, ...own } };
      expect(gainedBytes(before, after)).toBe(bytes(after) - bytes(before));
      expect(gainedBytes(after, before)).toBe(bytes(before) - bytes(after));
    }),
  );
});

test("shared parts are skipped", () => {
  let looks = 0;
  const counted = new Proxy(
    { x: 1 },
    {
      ownKeys: (target) => {
        looks += 1;
        return Reflect.ownKeys(target);
      },
    },
  );
  const before: Json = { rows: [counted, { n: 1 }], turns: 0 };
  expect(jsonBytes(before)).toBe(bytes(before));
  looks = 0;
  let newest: Json = before;
  for (let turns = 1; turns <= 10; turns++) {
    const next: Json = { rows: [counted, { n: 10 ** turns }], turns };
    expect(gainedBytes(newest, next)).toBe(turns === 10 ? 2 : 1);
    newest = next;
  }
  expect(looks).toBe(0);
});
