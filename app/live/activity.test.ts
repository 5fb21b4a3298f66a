import { describe, expect, test } from "vitest";
import type { ActivityEvent } from "../../server/protocol/activity.ts";
import { MAX_ROWS, noEvents, unseen, withEvents, wordsOf } from "./activity.ts";

function some(from: number, count: number): ActivityEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ id: `counter a ${from + i}`, kind: "turn", at: 0, type: "counter", keyText: "a", head: from + i },
    ...{ name: "increment", messageId: "m", text: "", isError: false, lifecycle: null },
  }));
}

describe("what happened", () => {
  test("is kept in its order, and counted", () => {
    const first = withEvents(noEvents, { items: some(1, 2), omitted: 0, gap: null });
    const next = withEvents(first, { items: some(3, 1), omitted: 0, gap: null });
    expect(next.rows.map((row) => row.id)).toEqual(["counter a 1", "counter a 2", "counter a 3"]);
    expect(unseen(next, first)).toBe(1);
    expect(unseen(next, null)).toBe(0);
  });

  test("counts what was left out, and says where", () => {
    const first = withEvents(noEvents, { items: some(1, 1), omitted: 0, gap: null });
    const next = withEvents(first, { items: some(802, 200), omitted: 800, gap: null });
    expect(unseen(next, first)).toBe(1000);
    expect(next.rows[1]).toMatchObject({ kind: "hole", omitted: 800 });
    expect(next.omitted).toBe(800);
  });

  test("is kept up to a bound, the newest, and says that there was more", () => {
    let live = noEvents;
    for (let i = 0; i < MAX_ROWS / 100 + 1; i++) {
      live = withEvents(live, { items: some(i * 100, 100), omitted: 0, gap: null });
    }
    expect(live.rows).toHaveLength(MAX_ROWS);
    expect(live.rows[0]?.id).toBe("counter a 100");
    expect(live).toMatchObject({ isCut: true, total: MAX_ROWS + 100 });
  });
});

test.each([
  [{ omitted: 800, absence: null }, "800 more happened here: they are on the server."],
  [
    { omitted: 0, absence: { states: 0, isMore: false } },
    "This page was away. Steps of lives are not kept one by one.",
  ],
  [
    { omitted: 10, absence: { states: 3, isMore: true } },
    "This page was away. Of 3 changes of durable states the newest state is kept, and steps of lives are not kept one by one. More than 10 more happened here: they are on the server.",
  ],
])("a hole says what is missing: %j", (hole, words) => {
  expect(wordsOf({ id: "hole", kind: "hole", ...hole })).toBe(words);
});
