import { beforeEach, expect, test } from "vitest";
import { MAX_CELLS } from "../protocol/bounds.ts";
import type { Inspector } from "../runtime/api.ts";
import type { ActorId, Address } from "../runtime/ports/ids.ts";
import type { CommittedEvent, LifeEvent } from "../runtime/shared/events.ts";
import { MapView } from "./map-view.ts";

const actor = (keyText: string): Address => ({ type: "counter", keyText });
const round = (now: number) => ({ now, committed: false, overview: () => expect.unreachable() });

let all: Address[];
let glances: Record<string, LifeEvent["lifecycle"]>;
let view: MapView;

beforeEach(() => {
  all = ["a", "b"].map(actor);
  glances = { b: "active" };
  view = new MapView({
    everyActor: async (limit: number) => all.slice(0, limit),
    liveStatus: ({ keyText }: { keyText: string }) =>
      glances[keyText] === undefined ? null : { lifecycle: glances[keyText] },
  } as unknown as Inspector);
});

const live = (keyText: string, lifecycle: LifeEvent["lifecycle"]) =>
  view.listener.lifecycleChanged({ ...actor(keyText), kind: "life", lifecycle, reason: null, at: 0 });
const commit = (...keys: string[]) =>
  view.listener.committed({ changes: keys.map(actor), mailboxes: [] } as unknown as CommittedEvent);
const create = (keyText: string) => view.created([{ ...actor(keyText), id: 9 as ActorId }]);

test("all actors come first, then the changed ones, at most four times a second", async () => {
  await view.load();
  expect(view.takeFrame(round(1000)).map).toMatchObject({
    groups: [{ type: "counter", keys: ["a", "b"], cells: "pA" }],
  });
  expect(view.hasNews(round(2000))).toBe(false);
  live("a", "activating");
  live("a", "active");
  live("nobody", "active");
  create("c");
  create("b");
  commit("b", "b");
  expect(view.hasNews(round(1100))).toBe(false);
  expect(view.hasNews(round(1250))).toBe(true);
  expect(view.takeFrame(round(1250)).map).toEqual({
    added: { counter: [["c", "p"]] },
    changes: { counter: [[0, "A"]] },
    worked: { counter: [1] },
  });
  expect(view.hasNews(round(1500)), "that it no longer works").toBe(true);
  expect(view.takeFrame(round(1500)).map).toEqual({ added: {}, changes: {}, worked: {} });
  expect(view.hasNews(round(2000))).toBe(false);
});

test("the end of waiting is detected at a commit, because it is no lifecycle event", async () => {
  await view.load();
  view.takeFrame(round(1000));
  live("b", "waiting");
  view.takeFrame(round(2000));
  glances.b = "processing";
  commit("b");
  expect(view.takeFrame(round(3000)).map).toMatchObject({ changes: { counter: [[1, "A"]] }, worked: { counter: [1] } });
});

test("an actor created during the read is included exactly once", async () => {
  const loading = view.load();
  create("c");
  create("b");
  await loading;
  const { groups, added } = view.takeFrame(round(1000)).map ?? {};
  expect([groups?.[0]?.keys, added]).toEqual([["a", "b"], { counter: [["c", "p"]] }]);
});

test("more actors than cells are not reported individually", async () => {
  all = Array.from({ length: MAX_CELLS }, (_, i) => actor(`k${i}`));
  await view.load();
  expect(view.takeFrame(round(1000)).map?.groups?.[0]?.cells).toHaveLength(MAX_CELLS);
  create("one too many");
  expect(view.takeFrame(round(2000)).map).toEqual({ groups: null, added: {}, changes: {}, worked: {} });
  live("k1", "active");
  expect(view.hasNews(round(3000))).toBe(false);
  await view.load();
  all.push(actor("another"));
  await view.load();
  expect(view.takeFrame(round(4000)).map?.groups).toBeNull();
});

test("erasing an actor makes the view read all actors again", async () => {
  await view.load();
  view.listener.erased(actor("a"));
  expect(view.stale).toBe(true);
});
