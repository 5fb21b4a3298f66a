import { expect, test } from "vitest";
import { useDatabase } from "../testing/database/database.ts";
import { query } from "../testing/database/sql.ts";
import { bigints, texts } from "./arrays.ts";

const database = useDatabase();
const read = async (type: string, array: Buffer) =>
  (await query(database.url, `SELECT array_to_json($1::${type}[]) AS items`, [array]))[0]?.items;

test("numbers arrive unchanged, up to the largest safe integer", async () => {
  const numbers = [0, 1, 255, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
  expect(await read("bigint", bigints(numbers))).toEqual(numbers);
  expect(await read("bigint", bigints([]))).toEqual([]);
});

test("texts arrive unchanged, with any content, and null as null", async () => {
  const values = ["", "a", null, 'q"uo\\te', "{a,NULL}", "é€𝄞", "line\nline\t", "x".repeat(100_000), "NULL"];
  expect(await read("text", texts(values))).toEqual(values);
  expect(await read("text", texts([]))).toEqual([]);
});
