import { describe, expect, test } from "vitest";
import type { ActorDetail, ActorSummary, Persistence } from "../../server/protocol/actors.ts";
import type { CheckpointInfo, Entry } from "../../server/protocol/journal.ts";
import type { Overview, Sample } from "../../server/protocol/overview.ts";
import type { ActorFrame, Frame } from "../../server/protocol/stream.ts";
import { type ActorLive, caughtUp, fold, follows, nameOf, samePosition } from "./frames.ts";

const frame = (rest: Partial<Frame>): Frame => ({ id: "r1", from: null, position: { "0": 1 }, ...rest });

const detail = (head: number): Omit<ActorDetail, "state"> => ({
  type: "note",
  key: ["a"],
  keyText: "a",
  lifecycle: "active",
  head,
  createdAt: "2026-01-01T00:00:00.000Z",
  lastActiveAt: "2026-01-01T00:00:00.000Z",
  persistence: "state",
  reason: null,
  effect: null,
  nextTry: null,
  parked: null,
  recovery: null,
  queued: 0,
  passivateAfterMs: 1000,
  stateBytes: 2,
  lastChange: null,
  seq: 0,
  begins: 1,
});
const actorFrame = (head: number, rest: Partial<ActorFrame>): ActorFrame => ({
  ...detail(head),
  stateOmitted: false,
  ...rest,
});

const sample = (at: number, turns = 1): Sample => ({
  at,
  turns,
  commits: 1,
  refused: 0,
  inFlight: 1,
  commitP50: 1,
  waiting: 0,
  dead: 0,
  commitP95: 2,
});
const overview = (samples: Sample[]): Overview => ({
  at: "2026-01-01T00:00:00.000Z",
  startedAt: "2026-01-01T00:00:00.000Z",
  node: { owner: "n", epoch: 1, standsBy: null },
  database: { ok: true, since: "2026-01-01T00:00:00.000Z", error: null },
  types: [],
  mail: { waiting: 0, dead: 0 },
  recoveries: [],
  inFlight: 0,
  maxInFlight: 10,
  maxActive: 10,
  lastCommitAt: null,
  samples,
});

describe("a reader's position", () => {
  test("equals another only if it does in every lane", () => {
    expect(samePosition({ "0": 1, "1": 2 }, { "1": 2, "0": 1 })).toBe(true);
    expect(samePosition({ "0": 1 }, { "0": 1, "1": 2 })).toBe(false);
    expect(samePosition({ "0": 1 }, { "0": 2 })).toBe(false);
    expect(samePosition(null, { "0": 1 })).toBe(false);
    expect(samePosition(null, null)).toBe(true);
  });

  test("is continued by a frame that starts at it, and by a full frame", () => {
    expect(follows({ "0": 4 }, frame({ from: { "0": 4 } }))).toBe(true);
    expect(follows({ "0": 4 }, frame({ from: null }))).toBe(true);
    expect(follows(null, frame({ from: null }))).toBe(true);
  });

  test("is not continued by a frame that starts elsewhere", () => {
    expect(follows({ "0": 4 }, frame({ from: { "0": 5 } }))).toBe(false);
    expect(follows(null, frame({ from: { "0": 5 } }))).toBe(false);
  });
});

describe("an actor's frames", () => {
  test("set its state, and keep the same object while only its lifecycle changes", () => {
    const first = fold("actor", null, frame({ actor: actorFrame(3, { state: { n: 3 } }) }));
    const second = fold("actor", first, frame({ actor: actorFrame(3, { lifecycle: "passivated" }) }));
    expect(second.actor?.lifecycle).toBe("passivated");
    expect(second.actor?.state).toBe(first.actor?.state);
    expect(second.stateHead).toBe(3);
  });

  test("say which revision the state has if a newer one was too large to send", () => {
    const first = fold("actor", null, frame({ actor: actorFrame(3, { state: [] }) }));
    const second = fold("actor", first, frame({ actor: actorFrame(4, { stateOmitted: true }) }));
    expect(second.actor?.head).toBe(4);
    expect(second.stateHead).toBe(3);
  });

  test("count the changes of its mailbox", () => {
    const first = fold("actor", null, frame({ actor: actorFrame(3, {}) }));
    const second = fold("actor", first, frame({ actor: actorFrame(3, {}), mailboxChanged: true }));
    const third = fold("actor", second, frame({ actor: actorFrame(4, {}) }));
    expect([first, second, third].map(({ mailbox }) => mailbox)).toEqual([0, 1, 1]);
  });

  test("say since when the database has not answered", () => {
    const down = fold("actor", null, frame({ databaseDownSince: "2026-01-01T00:00:00.000Z" }));
    expect(down.databaseDownSince).toBe("2026-01-01T00:00:00.000Z");
    expect(fold("actor", down, frame({})).databaseDownSince).toBe("2026-01-01T00:00:00.000Z");
    expect(fold("actor", down, frame({ databaseDownSince: null })).databaseDownSince).toBeNull();
  });

  test("discard everything when it is erased", () => {
    const before = fold("actor", null, frame({ actor: actorFrame(3, { state: { edits: 3 } }) }));
    expect(fold("actor", before, frame({ erased: true }))).toMatchObject({ actor: null, stateHead: 0, erasures: 1 });
  });

  test("are empty for one that was never used", () => {
    expect(fold("actor", null, frame({}))).toEqual({
      actor: null,
      stateHead: 0,
      tail: [],
      checkpoints: [],
      mailbox: 0,
      databaseDownSince: null,
      erasures: 0,
    });
  });
});

describe("a journal's frames", () => {
  const entries = (from: number, to: number): Entry[] =>
    Array.from({ length: to - from + 1 }, (_, i) => ({
      seq: from + i,
      at: 0,
      body: { kind: "turn", messageId: `m${from + i}`, reply: null, version: 1, code: "c" },
    }));
  const folded = (...reported: Entry[][]) =>
    reported.reduce<ActorLive | null>(
      (view, frameEntries) =>
        fold("actor", view, frame({ actor: actorFrame(0, { persistence: "journal" }), entries: frameEntries })),
      null,
    );
  const seqs = (view: ActorLive | null) => view?.tail.map(({ seq }) => seq);

  test("add up to a run of entries, each once even if reported twice", () => {
    expect(seqs(folded(entries(4, 5), entries(6, 8)))).toEqual([4, 5, 6, 7, 8]);
    expect(seqs(folded(entries(4, 6), entries(5, 7), entries(4, 5)))).toEqual([4, 5, 6, 7]);
  });

  test("start a new run if entries between are missing", () => {
    expect(seqs(folded(entries(4, 6), entries(9, 10)))).toEqual([9, 10]);
  });

  test("keep the newest thousand", () => {
    const run = seqs(folded(entries(1, 600), entries(601, 1200)));
    expect([run?.length, run?.[0], run?.at(-1)]).toEqual([1000, 201, 1200]);
  });

  test("keep the same run while only the actor's lifecycle changes", () => {
    const first = folded(entries(1, 2));
    const second = fold("actor", first, frame({ actor: actorFrame(2, { persistence: "journal" }) }));
    expect(second.tail).toBe(first?.tail);
    expect(second.checkpoints).toBe(first?.checkpoints);
  });

  test("add the checkpoints that were written", () => {
    const checkpoint = (seq: number): CheckpointInfo => ({
      seq,
      at: "",
      bytes: 2,
      version: 1,
      permanent: false,
      damaged: false,
    });
    const actor = actorFrame(20, { persistence: "journal" });
    const first = fold("actor", null, frame({ actor, checkpoints: [checkpoint(10)] }));
    const second = fold("actor", first, frame({ actor, checkpoints: [checkpoint(20)] }));
    expect(second.checkpoints.map(({ seq }) => seq)).toEqual([10, 20]);
  });
});

test("a list's frames update their rows and sum up created actors", () => {
  const row = (keyText: string, head: number): ActorSummary => ({ ...detail(head), key: [keyText], keyText });
  const first = fold("actors", null, frame({ actors: [row("a", 1), row("b", 1)], created: 0 }));
  const second = fold("actors", first, frame({ actors: [row("b", 2)], created: 3 }));
  const third = fold("actors", second, frame({ created: 2 }));
  expect([...third.actors.values()].map(({ keyText, head }) => [keyText, head])).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
  expect(third.actors.get(nameOf(row("b", 2)))?.head).toBe(2);
  expect(third.created).toBe(5);
});

test("an overview's frames add new samples and keep the last five minutes", () => {
  const first = fold("overview", null, frame({ overview: overview([sample(1), sample(2)]) }));
  const again = fold("overview", first, frame({ overview: overview([sample(1), sample(2)]) }));
  expect(again.samples).toBe(first.samples);
  const many = Array.from({ length: 300 }, (_, i) => sample(i + 3));
  const full = fold("overview", again, frame({ overview: overview(many) }));
  expect(full.samples).toHaveLength(300);
  expect(full.samples.at(-1)?.at).toBe(302);
});

describe("after a lost connection the page says", () => {
  const at = (head: number, persistence: Persistence = "state"): ActorLive => ({
    actor: { ...detail(head), persistence, state: null },
    stateHead: head,
    tail: [],
    checkpoints: [],
    mailbox: 0,
    databaseDownSince: null,
    erasures: 0,
  });

  test("how many changes an actor had", () => {
    expect(caughtUp("actor", at(12), at(17), "12 s")).toEqual({
      changes: 5,
      text: "Back after 12 s: 5 changes, revision 12 → 17.",
    });
  });

  test("how many entries a journal gained", () => {
    expect(caughtUp("actor", at(12, "journal"), at(13, "journal"), "1 s").text).toBe(
      "Back after 1 s: 1 entry, seq 12 → 13.",
    );
    expect(caughtUp("actor", at(12, "journal"), at(512, "journal"), "12 s")).toEqual({
      changes: 500,
      text: "Back after 12 s: 500 entries, seq 12 → 512.",
    });
  });

  test("how many actors of a list changed", () => {
    const before = { actors: new Map([["note a", { ...detail(1) }]]), created: 0 };
    const after = { actors: new Map([["note a", { ...detail(2) }]]), created: 0 };
    expect(caughtUp("actors", before, after, "2 s").text).toBe("Back after 2 s: 1 actor of this list changed.");
  });

  test("how many turns ran", () => {
    const before = overview([sample(1)]);
    const after = overview([sample(1), sample(2, 40), sample(3, 2)]);
    expect(caughtUp("overview", before, after, "2 s").text).toBe("Back after 2 s: 42 turns.");
  });

  test("that nothing changed", () => {
    expect(caughtUp("actor", at(3), at(3), "1 min")).toEqual({
      changes: 0,
      text: "Back after 1 min: nothing changed.",
    });
  });
});
