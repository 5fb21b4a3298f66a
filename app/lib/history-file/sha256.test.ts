import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Sha256 } from "./sha256.ts";

function sum(parts: readonly Uint8Array[]): string {
  const sha = new Sha256();
  for (const part of parts) sha.update(part);
  return sha.digest();
}

test("the sum of bytes is SHA-256, however they are cut into pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (parts) => {
      expect(sum(parts)).toBe(createHash("sha256").update(Buffer.concat(parts)).digest("hex"));
    }),
  );
});

test("every length around the ends of a block is summed right", () => {
  for (let length = 0; length < 200; length++) {
    const bytes = new Uint8Array(length).fill(length);
    expect(sum([bytes])).toBe(createHash("sha256").update(bytes).digest("hex"));
  }
});
