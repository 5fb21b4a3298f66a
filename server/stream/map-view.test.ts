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
  view.listener.lived({ ...actor(keyText), kind: "life", lifecycle, reason: null, at: 0 });
const commit = (...keys: string[]) =>
  view.listener.committed({ changes: keys.map(actor), mailboxes: [] } as unknown as CommittedEvent);
const create = (keyText: string) => view.created([{ ...actor(keyText), id: 9 as ActorId }]);

test("all actors come first, then what became another one, four times a second at most", async () => {
  await view.load();
  expect(view.take(round(1000)).map).toMatchObject({ groups: [{ type: "counter", keys: ["a", "b"], cells: "pA" }] });
  expect(view.news(round(2000))).toBe(false);
  live("a", "activating");
  live("a", "active");
  live("nobody", "active");
  create("c");
  create("b");
  commit("b", "b");
  expect(view.news(round(1100))).toBe(false);
  expect(view.news(round(1250))).toBe(true);
  expect(view.take(round(1250)).map).toEqual({
    added: { counter: [["c", "p"]] },
    changes: { counter: [[0, "A"]] },
    worked: { counter: [1] },
  });
  expect(view.news(round(1500)), "that it no longer works").toBe(true);
  expect(view.take(round(1500)).map).toEqual({ added: {}, changes: {}, worked: {} });
  expect(view.news(round(2000))).toBe(false);
});

test("that an actor waits no longer is seen when it commits: no step in its life tells it", async () => {
  await view.load();
  view.take(round(1000));
  live("b", "waiting");
  view.take(round(2000));
  glances.b = "processing";
  commit("b");
  expect(view.take(round(3000)).map).toMatchObject({ changes: { counter: [[1, "A"]] }, worked: { counter: [1] } });
});

test("who comes to be while all are read is not forgotten, nor there twice", async () => {
  const loading = view.load();
  create("c");
  create("b");
  await loading;
  const { groups, added } = view.take(round(1000)).map ?? {};
  expect([groups?.[0]?.keys, added]).toEqual([["a", "b"], { counter: [["c", "p"]] }]);
});

test("of more actors than there are cells none is told one by one", async () => {
  all = Array.from({ length: MAX_CELLS }, (_, i) => actor(`k${i}`));
  await view.load();
  expect(view.take(round(1000)).map?.groups?.[0]?.cells).toHaveLength(MAX_CELLS);
  create("one too many");
  expect(view.take(round(2000)).map).toEqual({ groups: null, added: {}, changes: {}, worked: {} });
  live("k1", "active");
  expect(view.news(round(3000))).toBe(false);
  await view.load();
  all.push(actor("another"));
  await view.load();
  expect(view.take(round(4000)).map?.groups).toBeNull();
});

test("an actor that is erased makes all be read anew", async () => {
  await view.load();
  view.listener.erased(actor("a"));
  expect(view.stale).toBe(true);
});
