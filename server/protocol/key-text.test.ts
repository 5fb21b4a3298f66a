import { expect, test } from "vitest";
import { decodeKeyText, encodeKey, searchedPart } from "./key-text.ts";

test.each([
  [["United Kingdom", "17850"], "United~20Kingdom:17850"],
  [["a-b", "c"], "a-b:c"],
  [["a", "b-c"], "a:b-c"],
  [["a:b/c%d.e~f"], "a~3Ab~2Fc~25d~2Ee~7Ef"],
  [["é😀"], "~C3~A9~F0~9F~98~80"],
])("the key %j is written %s, and read back", (key, text) => {
  expect(encodeKey(key)).toBe(text);
  expect(decodeKeyText(text)).toEqual(key);
});

test.each(["a~2", "a~zz", "~C3", "a b", "a~41", "é", "a~2f"])("%s is no text form of a key", (text) => {
  expect(decodeKeyText(text)).toBeNull();
});

test("a search looks for the text form of what was typed, in any case, and a colon parts segments", () => {
  expect(searchedPart("United K")).toBe("united~20k");
  expect(searchedPart("Kingdom:178")).toBe("kingdom:178");
  expect(encodeKey(["United Kingdom", "17850"]).toLowerCase()).toContain(searchedPart("KINGDOM:17"));
});
