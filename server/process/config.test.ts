import path from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const minute = 60_000;

function problem(env: Record<string, string>, argv: string[] = []): string {
  const reading = readConfig(env, argv);
  if (reading.kind !== "invalid") throw new Error("The configuration was accepted.");
  return reading.problem;
}

function config(env: Record<string, string>, argv: string[] = []) {
  const reading = readConfig(env, argv);
  if (reading.kind !== "run") throw new Error("The configuration was not accepted.");
  return reading.config;
}

describe("the configuration", () => {
  it("has a default for everything", () => {
    expect(config({})).toEqual({
      port: 3000,
      host: "127.0.0.1",
      dataDir: path.resolve(".data"),
      databaseUrl: undefined,
      logLevel: "info",
      limits: { maxActive: 100_000, maxInFlight: 20_000, inactivityCheckMs: 5 * minute, passivateAfterMs: undefined },
      turnTimeoutMs: 10_000,
      standby: false,
      quoteService: "http://127.0.0.1:3999",
      allowChaos: false,
      dev: false,
    });
  });

  it("is read from the environment", () => {
    const env = {
      PORT: "8080",
      HOST: "::1",
      DATA_DIR: "/a path/data",
      DATABASE_URL: "postgres://me:secret@db.example:5433/greenroom?sslmode=require",
      LOG_LEVEL: "debug",
      MAX_ACTIVE_ACTORS: "10",
      MAX_IN_FLIGHT: "1",
      PASSIVATE_AFTER: "500ms",
      INACTIVITY_CHECK: "2h",
      ALLOW_CHAOS: "1",
      TURN_TIMEOUT: "1m",
    };
    expect(config(env, ["--dev", "--standby"])).toEqual({
      allowChaos: true,
      port: 8080,
      host: "::1",
      dataDir: "/a path/data",
      databaseUrl: env.DATABASE_URL,
      logLevel: "debug",
      limits: { maxActive: 10, maxInFlight: 1, inactivityCheckMs: 120 * minute, passivateAfterMs: 500 },
      turnTimeoutMs: minute,
      standby: true,
      quoteService: "http://127.0.0.1:3999",
      dev: true,
    });
  });

  it("treats an empty variable as unset", () => {
    expect(config({ PORT: "", DATABASE_URL: "", PASSIVATE_AFTER: "" })).toEqual(config({}));
  });

  it.each([
    ["PORT", "http"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "3000.5"],
    ["PORT", " 3000"],
    ["LOG_LEVEL", "loud"],
    ["MAX_ACTIVE_ACTORS", "0"],
    ["MAX_IN_FLIGHT", "1e3"],
    ["PASSIVATE_AFTER", "30"],
    ["PASSIVATE_AFTER", "25d"],
    ["INACTIVITY_CHECK", "0s"],
    ["INACTIVITY_CHECK", "five minutes"],
  ])("refuses %s=%j in one line that says what is accepted", (name, value) => {
    const text = problem({ [name]: value });
    expect(text).toContain(`${name}="${value}"`);
    expect(text).toMatch(/^[^\n]+ expected [^\n]+\.$/);
  });

  it.each(["0.0.0.0", "::", "192.168.1.7", "example.com"])(
    "refuses to listen on %s while there is no login",
    (HOST) => {
      expect(problem({ HOST })).toContain("there is no login yet");
    },
  );

  it.each(["mysql://localhost/x", "localhost:5432", "secret"])("never shows the database URL: %s", (url) => {
    const text = problem({ DATABASE_URL: url });
    expect(text).toContain("DATABASE_URL");
    expect(text).not.toContain(url);
  });

  it("refuses unknown options", () => {
    expect(problem({}, ["--port=80"])).toContain('"--port=80"');
    expect(problem({}, ["toString"])).toContain('"toString"');
  });

  it("refuses to stand by with the embedded database", () => {
    expect(problem({}, ["--standby"])).toContain("DATABASE_URL");
  });

  it("explains every variable and its default, even if a variable is invalid", () => {
    const reading = readConfig({ PORT: "wrong" }, ["--help"]);
    if (reading.kind !== "help") throw new Error("No help was returned.");
    for (const line of [/PORT +3000 +\S/, /DATABASE_URL +unset +\S/, /INACTIVITY_CHECK +5m +\S/, /--dev +\S/]) {
      expect(reading.text).toMatch(line);
    }
  });
});
