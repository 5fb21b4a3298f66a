import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyHead, fold, type Head } from "../../server/protocol/fold.ts";
import type { Entry, Json, Patch } from "../../server/protocol/journal.ts";
import { KnownPast } from "./past.ts";

/** A turn that changes a list and a number. */
function turn(seq: number, change: { state?: Json; patches?: Patch[] }): Entry {
  const message = { id: `m${seq}`, command: "go", payload: {}, now: seq };
  return {
    seq,
    at: seq,
    body: { kind: "turn", messageId: `m${seq}`, message, reply: null, version: 1, code: "c", ...change },
  };
}

/** A journal with inserts at the front, replacements and whole states. */
function journal(length: number): Entry[] {
  return Array.from({ length }, (_, i) => {
    if (i % 97 === 0) return turn(i + 1, { state: { n: i, list: [{ i }] } });
    const patches: Patch[] = [{ op: "replace", path: ["n"], value: i }];
    patches.push(
      i % 3 === 0
        ? { op: "replace", path: ["list", 0, "i"], value: -i }
        : { op: "add", path: ["list", 0], value: { i } },
    );
    return turn(i + 1, { patches });
  });
}

const entries = journal(500);
const heads: Head[] = [emptyHead(0)];
for (const entry of entries) heads.push(fold(structuredClone(heads.at(-1) as Head), [structuredClone(entry)]));

const windowOf = (from: number, to: number) => ({
  base: structuredClone(heads[from] as Head),
  entries: entries.slice(from, to),
});

describe("a known past", () => {
  test("returns the folded state at any seq, in any order, and never changes it", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 40 }), (seqs) => {
        const past = new KnownPast();
        past.add(windowOf(0, 200), 0);
        past.add(windowOf(200, 500), 0);
        const given = seqs.map((seq) => past.headAt(seq));
        expect(given).toEqual(seqs.map((seq) => heads[seq]));
      }),
      { numRuns: 100 },
    );
    expect(entries).toEqual(journal(500));
  });

  test("wants the entry in view, then those ahead, then those behind", () => {
    const past = new KnownPast();
    expect(past.wanted(180, 1, 500)).toBe(180);
    past.add(windowOf(100, 200), 180);
    expect(past.wanted(180, 1, 500)).toBe(201);
    past.add(windowOf(200, 500), 180);
    expect(past.wanted(180, 1, 500)).toBe(100);
    past.add(windowOf(0, 100), 180);
    expect(past.wanted(180, 1, 500)).toBeNull();
    expect(past.wanted(0, 1, 500)).toBeNull();
    expect(past.headAt(501)).toBeNull();
  });

  test("starts with the state before a pruned journal", () => {
    const past = new KnownPast();
    expect(past.wanted(100, 101, 500)).toBe(100);
    past.add(windowOf(100, 500), 100);
    expect(past.headAt(100)).toEqual(heads[100]);
    expect(past.wanted(100, 101, 500)).toBeNull();
    expect(past.headAt(99)).toBeNull();
  });

  test("grows with new entries, each once and without gaps", () => {
    const past = new KnownPast();
    past.add(windowOf(0, 100), 0);
    expect(past.append(entries.slice(102, 110))).toBe(false);
    expect(past.append(entries.slice(95, 120))).toBe(true);
    expect(past.headAt(120)).toEqual(heads[120]);
    expect(past.append(entries.slice(95, 120))).toBe(false);
  });

  test("keeps a limited number of windows, those nearest to the viewer", () => {
    const past = new KnownPast();
    for (let from = 0; from < 500; from += 20) past.add(windowOf(from, from + 20), from);
    expect(past.headAt(11)).toBeNull();
    expect(past.headAt(490)).toEqual(heads[490]);
    expect(past.headAt(300)).toEqual(heads[300]);
  });
});
