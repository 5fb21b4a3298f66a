import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runSteps } from "./schedule.ts";
import { problemsFound, type Step } from "./step.ts";

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
});

const passing = (name: string, more: Partial<Step> = {}): Step => ({
  name,
  run: async () => problemsFound([]),
  ...more,
});
const failing = (name: string): Step => ({ name, run: async () => problemsFound(["it is broken"]) });

test("Counts are added up, and the output of a failed step is printed", async () => {
  const tests: Step = { name: "tests", run: async () => ({ passed: 40, failed: 0, skipped: 2, output: "noise" }) };
  expect(await runSteps([passing("a"), failing("b"), tests])).toEqual({ passed: 41, failed: 1, skipped: 2 });
  expect(lines.join("\n")).toContain("it is broken");
  expect(lines.join("\n")).not.toContain("noise");
});

test("A step is skipped when a step that it needs failed or was skipped", async () => {
  const run = vi.fn(async () => problemsFound([]));
  const steps = [failing("types"), passing("build", { needs: ["types"], run }), passing("e2e", { needs: ["build"] })];
  expect(await runSteps(steps)).toEqual({ passed: 0, failed: 1, skipped: 2 });
  expect(run).not.toHaveBeenCalled();
});

test("A step starts after the steps that it needs, and an alone step runs beside no other", async () => {
  const running = new Set<string>();
  const beside: Record<string, string[]> = {};
  const step = (name: string, more: Partial<Step> = {}) =>
    passing(name, {
      ...more,
      run: async () => {
        beside[name] = [...running];
        running.add(name);
        await new Promise(setImmediate);
        running.delete(name);
        return problemsFound([]);
      },
    });
  await runSteps([step("a"), step("b", { needs: ["a"] }), step("c"), step("d", { alone: true }), step("e")]);
  expect(beside).toEqual({
    a: [],
    c: ["a"],
    b: expect.not.arrayContaining(["a"]),
    d: [],
    e: expect.not.arrayContaining(["d"]),
  });
});

test("A step that throws fails with the error as its output", async () => {
  const broken = passing("a", { run: () => Promise.reject(new Error("no disk")) });
  expect(await runSteps([broken])).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(lines.join("\n")).toContain("no disk");
});
