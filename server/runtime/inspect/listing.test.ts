import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeKey } from "../../protocol/key-text.ts";
import type { ActorId } from "../ports/ids.ts";
import type { ListCursor } from "../ports/listing.ts";
import { formatCursor, parseCursor } from "./listing.ts";

const id = fc.nat({ max: Number.MAX_SAFE_INTEGER }) as fc.Arbitrary<ActorId>;
const lastActiveAt = fc.nat({ max: Date.parse("9999-12-31T23:59:59.999Z") });
const keyText = fc.array(fc.string({ unit: "grapheme", minLength: 1 }), { minLength: 1, maxLength: 3 }).map(encodeKey);

test("a cursor is parsed back to itself", () => {
  const cursors: fc.Arbitrary<ListCursor> = fc.oneof(
    fc.record({ by: fc.constant("active" as const), lastActiveAt, id }),
    fc.record({ by: fc.constant("created" as const), id }),
    fc.record({ by: fc.constant("key" as const), type: fc.constant("user-state"), keyText }),
  );
  fc.assert(
    fc.property(cursors, (cursor) => {
      expect(parseCursor(formatCursor(cursor), cursor.by)).toEqual(cursor);
    }),
  );
});

test("a cursor is opaque, and consists of letters, digits and a dot", () => {
  const cursor: ListCursor = { by: "active", lastActiveAt: 1_767_225_600_000, id: 42 as ActorId };
  expect(formatCursor(cursor)).toBe("mjuohs00.16");
});

test.each([
  "",
  ".",
  "1",
  "1.",
  ".1",
  "1.2.3",
  "1.-2",
  "A.1",
  "1 .2",
  "1.2\n",
  "123456789012.1",
  "1.123456789012",
  "zzzzzzzzzzz.1",
])("%j is no valid cursor for a list sorted by activity", (text) => expectNone(text, "active"));

test.each(["", "1.2", "a/b", "-1", "zzzzzzzzzzz"])("%j is no valid cursor for a list sorted by creation", (text) =>
  expectNone(text, "created"),
);

test.each(["", "1.2", "/a", "t/", "t/a.b", "t/a~5f"])("%j is no valid cursor for a list sorted by key", (text) =>
  expectNone(text, "key"),
);

function expectNone(text: string, by: ListCursor["by"]): void {
  expect(() => parseCursor(text, by)).toThrow(expect.objectContaining({ code: "invalid_payload" }));
}
