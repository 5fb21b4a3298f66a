import { describe, expect, test } from "vitest";
import type { ActivityEvent } from "../../server/protocol/activity.ts";
import { emptyStream, MAX_ROWS, unseen, withActivity, wordsOf } from "./activity.ts";

function some(from: number, count: number): ActivityEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ id: `counter a ${from + i}`, kind: "turn", at: 0, type: "counter", keyText: "a", head: from + i },
    ...{ name: "increment", messageId: "m", text: "", isError: false, lifecycle: null },
  }));
}

describe("the stream's events", () => {
  test("are kept in order and counted", () => {
    const first = withActivity(emptyStream, { items: some(1, 2), omitted: 0, gap: null });
    const next = withActivity(first, { items: some(3, 1), omitted: 0, gap: null });
    expect(next.rows.map((row) => row.id)).toEqual(["counter a 1", "counter a 2", "counter a 3"]);
    expect(unseen(next, first)).toBe(1);
    expect(unseen(next, null)).toBe(0);
  });

  test("count omitted events and mark their position", () => {
    const first = withActivity(emptyStream, { items: some(1, 1), omitted: 0, gap: null });
    const next = withActivity(first, { items: some(802, 200), omitted: 800, gap: null });
    expect(unseen(next, first)).toBe(1000);
    expect(next.rows[1]).toMatchObject({ kind: "hole", omitted: 800 });
    expect(next.omitted).toBe(800);
  });

  test("are limited to the newest, and mark that there were more", () => {
    let live = emptyStream;
    for (let i = 0; i < MAX_ROWS / 100 + 1; i++) {
      live = withActivity(live, { items: some(i * 100, 100), omitted: 0, gap: null });
    }
    expect(live.rows).toHaveLength(MAX_ROWS);
    expect(live.rows[0]?.id).toBe("counter a 100");
    expect(live).toMatchObject({ isCut: true, total: MAX_ROWS + 100 });
  });
});

test.each([
  [{ omitted: 800, absence: null }, "800 more events here are on the server."],
  [
    { omitted: 0, absence: { states: 0, isMore: false } },
    "This page was offline. Lifecycle changes of that time are not listed.",
  ],
  [
    { omitted: 10, absence: { states: 3, isMore: true } },
    "This page was offline. 3 state changes and lifecycle changes of that time are not listed. More than 10 more events here are on the server.",
  ],
])("a hole says what is missing: %j", (hole, words) => {
  expect(wordsOf({ id: "hole", kind: "hole", ...hole })).toBe(words);
});
