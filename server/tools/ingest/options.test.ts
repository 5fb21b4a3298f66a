import path from "node:path";
import { describe, expect, test } from "vitest";
import { help, readOptions, rejectsOf } from "./options.ts";

describe("the command line of the ingest", () => {
  test("names files and options", () => {
    expect(readOptions(["a.csv", "b/c.csv", "--map", "online-retail"])).toEqual({
      files: ["a.csv", "b/c.csv"],
      map: "online-retail",
      tell: false,
      url: new URL("http://127.0.0.1:3000"),
      rejects: undefined,
      cwd: process.cwd(),
    });
    const options = readOptions(["a.ndjson", "--rejects", "bad.ndjson", "--url", "https://greenroom.example"]);
    expect(options).toMatchObject({ rejects: path.resolve("bad.ndjson"), url: new URL("https://greenroom.example") });
  });

  test("prints help on request, whatever else it contains", () => {
    expect(readOptions(["--help"])).toBeNull();
    expect(readOptions(["-h", "-"])).toBeNull();
    for (const option of ["--map", "--url", "--rejects", "Exit code"]) expect(help).toContain(option);
  });

  test.each([
    [[], "Name at least one FILE."],
    [["-"], "Standard input cannot be ingested"],
    [["x.ndjson", "--url", "localhost:3000"], "is not an address such as http://127.0.0.1:3000"],
    [["x.ndjson", "--rejects", "./x.ndjson"], "--rejects names one of the files to read."],
    [["a/x.ndjson", "b/x.ndjson"], "Two files have the same name"],
    [["x.ndjson", "--fast"], "--fast"],
  ])("is refused: %j", (argv, message) => {
    expect(() => readOptions(argv)).toThrow(message);
  });

  test("gives each file its own rejects file in the current directory", () => {
    expect(rejectsOf("/data/day.csv", "/home/me")).toBe("/home/me/day.csv.rejects.ndjson");
  });
});
