import { increments, send } from "./actors.ts";
import { visit } from "./console.ts";
import { expect, test } from "./test.ts";

const ACTORS = 20_000;
/** Commands per request. */
const PER_REQUEST = 2_000;

// No other test has this environment, so this test has its own server.
test.use({ serverEnv: { MAX_ACTIVE_ACTORS: `${ACTORS}` } });

test("the overview of 20,000 actors in memory has one cell per actor and loads quickly", async ({ page, server }) => {
  for (let made = 0; made < ACTORS; made += PER_REQUEST) {
    await send(server.url, Array.from({ length: PER_REQUEST }, (_, i) => increments(`c${made + i}`, 1)).flat());
  }
  const startedAt = performance.now();
  await visit(page, "/");
  const map = page.getByRole("region", { name: "Actors by lifecycle" }).getByRole("img", { name: /^counter:/ });
  await expect(map).toHaveAccessibleName(/^counter: 20,000 cells: 20,000 active\./);
  const ms = Math.round(performance.now() - startedAt);
  test.info().annotations.push({ type: "live, with its map", description: `${ms} ms after navigation` });
});
