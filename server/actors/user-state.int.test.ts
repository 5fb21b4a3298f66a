import { afterEach, beforeEach, expect, test } from "vitest";
import { createLog } from "../process/log.ts";
import { createClient } from "../runtime/client.ts";
import { openStore } from "../store/postgres.ts";
import { useDatabase } from "../testing/database/database.ts";
import { query } from "../testing/database/sql.ts";
import { Succession } from "../testing/runtime/succession.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { UserState } from "./user-state.ts";

const MINUTE = 60_000;
const START = "2026-01-01T00:00:00.000Z";

const database = useDatabase();
let clock: VirtualClock;
let nodes: Succession;

beforeEach(async () => {
  await query(database.url, "TRUNCATE actor, durable_state, reply");
  clock = new VirtualClock(Date.parse(START));
  nodes = new Succession({
    open: () => openStore(database.url, createLog("silent")),
    types: [UserState],
    clock,
  });
  await nodes.start();
});

afterEach(() => nodes.stop());

const user = (userId = "user001") => createClient(nodes.runtime).actor(UserState, ["mall001", userId]);
const stateOf = (userId = "user001") => user(userId).getUserState({});
const lifecycle = async () =>
  (await nodes.runtime.inspector.actor({ type: "user-state", keyText: "mall001:user001" })).lifecycle;
/** A time so many minutes after the start. */
const at = (minutes: number) => new Date(Date.parse(START) + minutes * MINUTE).toISOString();

test("login: the time is stored", async () => {
  clock.skip(5 * MINUTE);
  expect(await user().userLogin({})).toEqual({ action: "login" });
  expect(await stateOf()).toEqual({
    mallId: "mall001",
    userId: "user001",
    lastLogin: at(5),
    lastCartUsedTime: null,
    recentProducts: [],
    marketingOptIn: false,
    lastEventTime: at(5),
  });
});

test("cart: the time of its last use is stored, and the login stays", async () => {
  await user().userLogin({});
  clock.skip(10 * MINUTE);
  expect(await user().useCart({})).toEqual({ action: "cart_used" });
  expect(await stateOf()).toMatchObject({ lastLogin: at(0), lastCartUsedTime: at(10), lastEventTime: at(10) });
});

test("three products: the last three viewed, newest first", async () => {
  for (const productId of ["p1", "p2", "p3", "p4"]) {
    expect(await user().viewProduct({ productId })).toEqual({ action: "product_viewed" });
  }
  expect(await stateOf()).toMatchObject({ recentProducts: ["p4", "p3", "p2"] });
});

test("opt-in: consent to marketing is given and withdrawn", async () => {
  expect(await user().setMarketingOptIn({ optIn: true })).toEqual({ action: "marketing_opt_in_set" });
  expect(await stateOf()).toMatchObject({ marketingOptIn: true });
  await user().setMarketingOptIn({ optIn: false });
  expect(await stateOf()).toMatchObject({ marketingOptIn: false });
});

test("restart: everything is recovered after a stop and after a crash", async () => {
  await user().userLogin({});
  await user().viewProduct({ productId: "p1" });
  await user().setMarketingOptIn({ optIn: true });
  const before = await stateOf();
  await nodes.restart();
  expect(await stateOf()).toEqual(before);
  await nodes.start();
  expect(await stateOf()).toEqual(before);
  await user().viewProduct({ productId: "p2" });
  expect(await stateOf()).toMatchObject({ recentProducts: ["p2", "p1"], marketingOptIn: true });
});

test("shutdown after 30 minutes: an idle user is passivated, and recovered by the next message", async () => {
  await user().viewProduct({ productId: "p1" });
  clock.skip(30 * MINUTE);
  expect(await lifecycle()).toBe("active");
  clock.skip(5 * MINUTE);
  expect(await lifecycle()).toBe("passivated");
  expect(await stateOf()).toMatchObject({ recentProducts: ["p1"] });
  expect(await lifecycle()).toBe("active");
});

test("activity keeps it alive: a user with a message every 20 minutes stays in memory for hours", async () => {
  await user().userLogin({});
  for (let i = 0; i < 9; i++) {
    clock.skip(20 * MINUTE);
    if (i % 2 === 0) await user().useCart({});
    else await stateOf();
    expect(await lifecycle()).toBe("active");
  }
  const passivations = nodes.events.filter((event) => event.kind === "life" && event.lifecycle === "passivated");
  expect(passivations).toEqual([]);
  clock.skip(35 * MINUTE);
  expect(await lifecycle()).toBe("passivated");
});

test("ten users at once: each has its own state", async () => {
  const ids = Array.from({ length: 10 }, (_, i) => `user${i}`);
  await Promise.all(
    ids.flatMap((id, i) => [
      user(id).userLogin({}),
      ...Array.from({ length: 5 }, (_, n) => user(id).viewProduct({ productId: `${id}-p${n}` })),
      user(id).setMarketingOptIn({ optIn: i % 2 === 0 }),
    ]),
  );
  const states = await Promise.all(ids.map(stateOf));
  expect(states).toEqual(
    ids.map((userId, i) =>
      expect.objectContaining({
        userId,
        lastLogin: at(0),
        recentProducts: [`${userId}-p4`, `${userId}-p3`, `${userId}-p2`],
        marketingOptIn: i % 2 === 0,
      }),
    ),
  );
  await nodes.start();
  expect(await Promise.all(ids.map(stateOf))).toEqual(states);
});

test("distinct products: one that is viewed again comes first, and appears once", async () => {
  for (const productId of ["p1", "p2", "p1", "p1", "p3", "p2"]) await user().viewProduct({ productId });
  expect(await stateOf()).toMatchObject({ recentProducts: ["p2", "p3", "p1"] });
});

test("consistency over many updates: each counts exactly once, and the revision is their number", async () => {
  const updates = 500;
  const view = (i: number) =>
    nodes.runtime.ask({
      type: "user-state",
      keyText: "mall001:user001",
      command: "viewProduct",
      payload: { productId: `p${i}` },
      idempotencyKey: `k${i}`,
    });
  const viewed = await Promise.all(Array.from({ length: updates }, (_, i) => view(i)));
  expect(viewed.map((answer) => answer.revision)).toEqual(Array.from({ length: updates }, (_, i) => i + 1));
  expect(await stateOf()).toMatchObject({ recentProducts: ["p499", "p498", "p497"] });
  await nodes.start();
  expect(await view(7)).toMatchObject({ revision: 8, repeated: true });
  expect(await nodes.runtime.inspector.actor({ type: "user-state", keyText: "mall001:user001" })).toMatchObject({
    head: updates,
    state: { recentProducts: ["p499", "p498", "p497"] },
  });
});
