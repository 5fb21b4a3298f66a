import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeKeyText, encodeKey, searchedPart } from "./key-text.ts";

const confusing = fc.constantFrom("a", "Z", "2", "E", "-", "_", ":", "~", "/", "%", ".", " ", "é");
/** A segment of any well-formed Unicode, or of the characters that a text form could confuse. */
const segment = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
  fc.string({ unit: confusing, minLength: 1, maxLength: 6 }),
);
const key = fc.array(segment, { minLength: 1, maxLength: 8 });

describe("the text form of a key", () => {
  test.each([
    [["mall001", "user001"], "mall001:user001"],
    [["United Kingdom", "17850"], "United~20Kingdom:17850"],
    [["a-b", "c"], "a-b:c"],
    [["a", "b-c"], "a:b-c"],
    [["a:b", "c"], "a~3Ab:c"],
    [["a/b"], "a~2Fb"],
    [["a~b"], "a~7Eb"],
    [["~2F"], "~7E2F"],
    [["100%"], "100~25"],
    [["."], "~2E"],
    [["..", "x"], "~2E~2E:x"],
    [["under_score"], "under_score"],
    [["Zoë"], "Zo~C3~AB"],
    [["日本"], "~E6~97~A5~E6~9C~AC"],
    [["😀"], "~F0~9F~98~80"],
    [["\ufeffmark"], "~EF~BB~BFmark"],
    [["\u0000"], "~00"],
  ])("of %j is %s", (segments, text) => {
    expect(encodeKey(segments)).toBe(text);
    expect(decodeKeyText(text)).toEqual(segments);
  });

  test("of any key decodes to that key", () => {
    fc.assert(
      fc.property(key, (segments) => {
        expect(decodeKeyText(encodeKey(segments))).toEqual(segments);
      }),
    );
  });

  test("differs for another key", () => {
    const near = fc.array(fc.string({ unit: confusing, minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(near, near, (one, other) => {
        expect(encodeKey(one) === encodeKey(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 1_000 },
    );
  });

  test("contains only letters, digits, dash, underscore, tilde and colon", () => {
    fc.assert(
      fc.property(key, (segments) => {
        expect(encodeKey(segments)).toMatch(/^[\w~:-]+$/);
      }),
    );
  });

  test("survives decoding and normalizing of URLs", () => {
    fc.assert(
      fc.property(key, (segments) => {
        const text = encodeKey(segments);
        expect(decodeURIComponent(decodeURIComponent(text))).toBe(text);
        expect(new URL(`http://host/actors/note/${text}`).pathname).toBe(`/actors/note/${text}`);
      }),
    );
  });
});

describe("a text is no key's text form", () => {
  test.each([
    ["when it holds a space", "a b"],
    ["when it holds a dot", "a.b"],
    ["when it holds a percent sign", "a%20b"],
    ["when it holds a letter beyond ASCII", "é"],
    ["when it holds a letter whose low byte is a plain one", "\u0141"],
    ["when it writes a plain byte with a tilde", "~41"],
    ["when it writes hex digits in lower case", "a~2fb"],
    ["when it ends within an escape", "a~2"],
    ["when it ends with a tilde", "a~"],
    ["when it has an escape that is not hex", "~GG"],
    ["when it is not UTF-8", "~FF"],
    ["when it ends within a character", "~C3"],
    ["when it writes a character longer than needed", "~C0~80"],
    ["when it writes a lone surrogate", "~ED~A0~80"],
  ])("%s", (_, text) => {
    expect(decodeKeyText(text)).toBeNull();
  });

  test("unless it is exactly what its key encodes to", () => {
    const text = fc.string({ unit: fc.constantFrom(..."a~:-_2fFCE39.%\ud800é"), maxLength: 12 });
    fc.assert(
      fc.property(text, (any) => {
        const segments = decodeKeyText(any);
        if (segments !== null) expect(encodeKey(segments)).toBe(any);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a search in keys", () => {
  test.each([
    ["United K", "united~20k"],
    ["KINGDOM:178", "kingdom:178"],
    ["é", "~c3~a9"],
    ["a.b:c/d", "a~2eb:c~2fd"],
  ])("for %j looks for %j in the text form", (q, part) => {
    expect(searchedPart(q)).toBe(part);
  });

  test("finds every part of a segment, and the end of one with the beginning of the next", () => {
    const part = segment.filter((text) => !text.includes(":"));
    fc.assert(
      fc.property(part, part, part, (before, middle, after) => {
        const text = encodeKey([before + middle, middle + after]).toLowerCase();
        expect(text).toContain(searchedPart(middle));
        expect(text).toContain(searchedPart(`${middle}:${middle}`));
      }),
    );
  });
});
