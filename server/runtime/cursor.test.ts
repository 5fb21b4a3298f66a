import fc from "fast-check";
import { expect, test } from "vitest";
import { formatCursor, parseCursor } from "./cursor.ts";
import type { ActorId } from "./ports.ts";

test("a cursor is read back as what it was made of", () => {
  const time = fc.nat({ max: Date.parse("9999-12-31T23:59:59.999Z") });
  const id = fc.nat({ max: Number.MAX_SAFE_INTEGER }) as fc.Arbitrary<ActorId>;
  fc.assert(
    fc.property(time, id, (lastActiveAt, id) => {
      expect(parseCursor(formatCursor({ lastActiveAt, id }))).toEqual({ lastActiveAt, id });
    }),
  );
});

test("a cursor is opaque, and made of letters, digits and a dot", () => {
  expect(formatCursor({ lastActiveAt: 1_767_225_600_000, id: 42 as ActorId })).toBe("mjuohs00.16");
});

test.each(["", ".", "1", "1.", ".1", "1.2.3", "1.-2", "A.1", "1 .2", "1.2\n", "12345678901.1", "1.123456789012"])(
  "%j is no cursor",
  (text) => {
    expect(() => parseCursor(text)).toThrow(expect.objectContaining({ code: "invalid_payload" }));
  },
);
