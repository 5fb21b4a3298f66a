import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { consoleBuildState } from "./console-build.ts";

const built = new Date("2026-01-02T00:00:00Z");
const before = new Date("2026-01-01T00:00:00Z");
const after = new Date("2026-01-03T00:00:00Z");

describe("the console's build", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), "greenroom-build-"));
    await put("app/actors/page.tsx", before);
    await put("app/actors/page.test.tsx", before);
    await put("next.config.ts", before);
    for (const directory of ["app/actors", "app"]) await utimes(path.join(root, directory), before, before);
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  async function put(name: string, changed: Date): Promise<void> {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, "");
    await utimes(file, changed, changed);
  }

  it("is missing before the first build, and after an unfinished one", async () => {
    expect(await consoleBuildState(root)).toBe("missing");
    await put(".next/build-manifest.json", built);
    expect(await consoleBuildState(root)).toBe("missing");
  });

  it("is fresh when it is newer than all its sources", async () => {
    await put(".next/BUILD_ID", built);
    expect(await consoleBuildState(root)).toBe("fresh");
  });

  it.each(["app/actors/page.tsx", "next.config.ts", "server/protocol/new.ts"])(
    "is stale when %s is newer",
    async (name) => {
      await put(".next/BUILD_ID", built);
      await put(name, after);
      expect(await consoleBuildState(root)).toBe("stale");
    },
  );

  it("is stale when a file has been removed since", async () => {
    await put(".next/BUILD_ID", built);
    await rm(path.join(root, "app/actors/page.tsx"));
    expect(await consoleBuildState(root)).toBe("stale");
  });

  it("stays fresh when a test or the server changes", async () => {
    await put(".next/BUILD_ID", built);
    await put("app/actors/page.test.tsx", after);
    await put("server/runtime/runtime.ts", after);
    expect(await consoleBuildState(root)).toBe("fresh");
  });
});
