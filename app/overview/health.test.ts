import { describe, expect, test } from "vitest";
import type { Overview, Sample } from "../../server/protocol/overview.ts";
import { health } from "./health.ts";

const now = Date.parse("2026-03-01T14:03:30.000Z");
const ago = (ms: number) => new Date(now - ms).toISOString();

const sample = (secondsAgo: number, rest: Partial<Sample> = {}): Sample => ({
  at: now - secondsAgo * 1000,
  turns: 0,
  commits: 0,
  refused: 0,
  inFlight: 0,
  commitP50: null,
  waiting: 0,
  dead: 0,
  commitP95: null,
  ...rest,
});

const overview = (rest: Partial<Overview>): Overview => ({
  at: ago(0),
  startedAt: ago(60_000),
  node: { owner: "n", epoch: 1, standsBy: null },
  database: { ok: true, since: ago(60_000), error: null },
  types: [
    { type: "user-state", counts: { passivated: 795, active: 10, processing: 2 } },
    { type: "counter", counts: { passivated: 5 } },
  ],
  mail: { waiting: 0, dead: 0 },
  recoveries: [],
  inFlight: 0,
  maxInFlight: 20_000,
  maxActive: 100_000,
  lastCommitAt: ago(3000),
  samples: [sample(2), sample(1)],
  ...rest,
});

const healthOf = (rest: Partial<Overview>) => health(overview(rest), now, "utc");

describe("the health sentence says", () => {
  test("that the server is idle, how many actors are active, and when the last commit was", () => {
    expect(healthOf({})).toEqual({
      level: "quiet",
      text: "Healthy, idle. 12 of 812 actors are active; last commit 3 s ago.",
    });
  });

  test("that nothing has committed since the start", () => {
    expect(healthOf({ lastCommitAt: null }).text).toBe(
      "Healthy, idle. 12 of 812 actors are active; no commit since the start.",
    );
  });

  test("the rate of turns under load", () => {
    const samples = [sample(9, { turns: 900 }), sample(2, { turns: 4000 }), sample(1, { turns: 1000 })];
    expect(healthOf({ samples, lastCommitAt: ago(100) })).toEqual({
      level: "busy",
      text: "Healthy, 1,000 turns/s. 12 of 812 actors are active; last commit just now.",
    });
  });

  test("that the database is down, since when and why", () => {
    const database = { ok: false, since: "2026-03-01T14:03:20.000Z", error: "connection refused." };
    expect(healthOf({ database, inFlight: 20_000 })).toEqual({
      level: "down",
      text: "The database has not answered since 14:03:20: connection refused.",
    });
  });

  test("that the server is a standby, and who leads since when", () => {
    const standsBy = { name: "1a2b3c4d at http://127.0.0.1:3000", since: "2026-03-01T14:03:20.000Z" };
    expect(healthOf({ node: { owner: "n", epoch: 1, standsBy } })).toEqual({
      level: "standby",
      text: "Standby for 1a2b3c4d at http://127.0.0.1:3000, leader since 14:03:20.",
    });
  });

  test("that messages are refused, at the limit and shortly after", () => {
    expect(healthOf({ inFlight: 20_000 })).toEqual({
      level: "refusing",
      text: "Overloaded: 20,000 of 20,000 messages in flight.",
    });
    expect(healthOf({ samples: [sample(3, { refused: 7 })] }).text).toBe(
      "Overloaded: 0 of 20,000 messages in flight; 7 refused in the last 5 s.",
    );
    expect(healthOf({ samples: [sample(6, { refused: 7 })] }).level).toBe("quiet");
  });

  test("that messages wait and nothing commits", () => {
    const waiting = [5, 4, 3, 2, 1].map((seconds) => sample(seconds, { inFlight: 2 }));
    expect(healthOf({ inFlight: 2, samples: waiting })).toEqual({
      level: "stuck",
      text: "Stuck: 2 messages in flight, no commit for at least 5 s.",
    });
    expect(
      healthOf({ inFlight: 2, samples: [...waiting.slice(1), sample(0, { inFlight: 2, commits: 1 })] }).level,
    ).toBe("quiet");
    expect(healthOf({ inFlight: 2, samples: waiting.slice(3) }).level).toBe("quiet");
  });

  test("that actors have failed", () => {
    expect(healthOf({ types: [{ type: "note", counts: { active: 4, failed: 1 } }] })).toEqual({
      level: "failed",
      text: "1 of 5 actors has failed.",
    });
  });

  test("that a new server is ready", () => {
    expect(healthOf({ types: [{ type: "note", counts: {} }] })).toEqual({
      level: "new",
      text: "Ready. No actors yet.",
    });
  });
});
