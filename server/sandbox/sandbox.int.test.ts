import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyHead, fold } from "../protocol/fold.ts";
import type { Entry } from "../protocol/journal.ts";
import type { Edit } from "../protocol/what-if.ts";
import { inPlace } from "../runtime/history/sandbox.ts";
import { systemClock } from "../runtime/shared/system-clock.ts";
import { MemoryJournal } from "../testing/runtime/memory-journal.ts";
import { actorTypes } from "../testing/types/hanging-types.ts";
import { ThreadSandbox } from "./sandbox.ts";

const [Hanging] = actorTypes();
if (Hanging === undefined) throw new Error("There is no type.");
let sandbox: ThreadSandbox;
let entries: Entry[];
/** How long the next job may take, if not as long as the limit says. In milliseconds. */
let patienceMs: number | undefined;

beforeAll(() => {
  const journal = new MemoryJournal(Hanging, ["h"]);
  for (let i = 0; i < 20; i++) journal.send("run", { how: "well" });
  entries = journal.entries;
  const module = new URL("../testing/types/hanging-types.ts", import.meta.url).href;
  sandbox = new ThreadSandbox({
    types: { module, dependencies: {} },
    clock: {
      ...systemClock,
      sleep(ms, signal) {
        const limit = patienceMs ?? ms;
        patienceMs = undefined;
        return systemClock.sleep(limit, signal);
      },
    },
    limits: { ms: 5_000, heapMb: 64 },
  });
});
afterAll(() => sandbox.close());

const named = { type: "hanging", keyText: "h" };
const whatIf = (how: string) => {
  const edits: Edit[] = [{ after: 3, command: "run", payload: { how }, effects: [] }];
  return { kind: "what-if" as const, ...named, base: emptyHead(1), entries, edits, now: 0 };
};
const replay = () => ({ kind: "replay" as const, ...named, base: emptyHead(1), entries });

describe("a sandbox", () => {
  test("gives the same results in its own thread as in this one", async () => {
    const own = inPlace([Hanging]);
    const { code } = Hanging;
    const sameCode = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replaceAll(/"code":"[^"]*"/g, `"code":"${code}"`));
    for (const job of [whatIf("well"), replay()]) {
      expect(sameCode(await sandbox.run(job))).toEqual(sameCode(await own.run(job)));
    }
    const { head } = await sandbox.run(replay());
    expect(head).toEqual(fold(emptyHead(1), structuredClone(entries)));
  });

  test("returns the errors of the code unchanged", async () => {
    const wrong = { ...whatIf("well"), edits: [{ message: "m99", skip: true as const }] };
    await expect(sandbox.run(wrong)).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringMatching(/m99/),
    });
    await expect(sandbox.run(whatIf("badly"))).rejects.toMatchObject({
      code: "invalid_payload",
      details: { issues: [{}] },
    });
  });

  test.each([
    ["code that never ends", "forever", /did not end within 5000 ms/, 500],
    ["code that takes all memory", "greedily", /ended its thread/, undefined],
  ])("ends %s, and serves the next job", async (_, how, why, ms) => {
    patienceMs = ms;
    const hung = sandbox.run(whatIf(how));
    const behind = sandbox.run(replay());
    await expect(hung).rejects.toMatchObject({ code: "handler_failed", message: expect.stringMatching(why) });
    expect((await behind).divergences).toEqual([]);
  });

  test("refuses jobs when too many are waiting", async () => {
    const all = Array.from({ length: 20 }, () =>
      sandbox.run(replay()).then(
        () => "done",
        ({ code }) => code,
      ),
    );
    const answers = await Promise.all(all);
    expect([answers.filter((one) => one === "done").length, answers.at(-1)]).toEqual([16, "overloaded"]);
  });
});
