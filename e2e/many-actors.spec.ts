import { increments, send } from "./actors.ts";
import { visit } from "./console.ts";
import { expect, test } from "./test.ts";

const ACTORS = 20_000;
/** Commands of one request. */
const A_TIME = 2_000;

// No other test has this environment: the server is of this test alone.
test.use({ serverEnv: { MAX_ACTIVE_ACTORS: `${ACTORS}` } });

test("the overview of 20,000 actors in memory has a cell for each, and is drawn at once", async ({ page, server }) => {
  for (let made = 0; made < ACTORS; made += A_TIME) {
    await send(server.url, Array.from({ length: A_TIME }, (_, i) => increments(`c${made + i}`, 1)).flat());
  }
  const begun = performance.now();
  await visit(page, "/");
  const map = page.getByRole("region", { name: "Lives" }).getByRole("img", { name: /^counter:/ });
  await expect(map).toHaveAccessibleName(/^counter: 20,000 cells: 20,000 active\./);
  const ms = Math.round(performance.now() - begun);
  test.info().annotations.push({ type: "live, with its map", description: `${ms} ms after navigation` });
});
