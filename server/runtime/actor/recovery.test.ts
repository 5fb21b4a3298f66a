import { describe, expect, test } from "vitest";
import { createLog } from "../../process/log.ts";
import { emptyHead, fold } from "../../protocol/fold.ts";
import type { Entry } from "../../protocol/journal.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Checkpoint } from "../ports/past.ts";
import { checksum } from "../shared/digest.ts";
import { type RecoveryStore, recover } from "./recovery.ts";

/** Entries that one statement returns. */
const PAGE = 5_000;

interface Journal {
  entries: Entry[];
  checkpoints: Checkpoint[];
}

/** A counter's journal: each turn adds one. */
function journal(length: number, ...checkpoints: number[]): Journal {
  const entries = Array.from({ length }, (_, i): Entry => {
    const message = { id: `m${i}`, command: "add", payload: {}, now: i };
    const change = i === 0 ? { state: { n: 1 } } : { patches: [{ op: "replace" as const, path: ["n"], value: i + 1 }] };
    return {
      seq: i + 1,
      at: i,
      body: { kind: "turn", messageId: message.id, message, ...change, reply: null, version: 1, code: "c0de" },
    };
  });
  return { entries, checkpoints: checkpoints.map(checkpoint) };
}

function checkpoint(seq: number): Checkpoint {
  const state = JSON.stringify({ n: seq });
  return { seq, state, checksum: checksum(state), version: 1, turnTime: seq - 1, at: 0 };
}

function damage({ checkpoints }: Journal, ...seqs: number[]): void {
  for (const one of checkpoints) if (seqs.includes(one.seq)) one.state = `{"n":${one.seq + 1}}`;
}

/** A store with journals that counts reads of entries. */
function storeOf(journals: Record<string, Journal>) {
  const names = Object.keys(journals);
  const of = (id: ActorId) => journals[names[id - 1] ?? ""] as Journal;
  const asked = { tails: 0 };
  const store: RecoveryStore = {
    loadJournals: async (addresses) =>
      addresses.map(({ keyText }) => {
        const id = (names.indexOf(keyText) + 1) as ActorId;
        return id === 0 ? null : { id, checkpoint: of(id).checkpoints.at(-1) ?? null, hasMail: false };
      }),
    checkpointAt: async (id, seq) => of(id).checkpoints.findLast((one) => one.seq <= seq) ?? null,
    tails: async (wanted, limit) => {
      asked.tails += 1;
      const sorted = [...wanted].sort((a, b) => a.id - b.id);
      const found = sorted.flatMap(({ id, after }) =>
        of(id)
          .entries.filter((entry) => entry.seq > after)
          .map((entry) => ({ id, ...structuredClone(entry) })),
      );
      return found.slice(0, limit);
    },
  };
  return { store, asked };
}

const recoverAll = (store: RecoveryStore, ...names: string[]) =>
  recover(
    store,
    names.map((keyText) => ({ type: "counter", keyText })),
    createLog("silent"),
  );
const passedOver = (seq: number) => ({ seq, reason: expect.stringContaining("the checksum of its state is") });
const at = (seq: number) => ({ seq, state: { n: seq }, version: 1, turnTime: seq - 1, open: null });

describe("an actor is recovered", () => {
  test.each<[what: string, Journal, damaged: number[], from: number]>([
    ["from the start of its journal, without a checkpoint", journal(25), [], 0],
    ["from its newest checkpoint and the entries after it", journal(25, 10, 20), [], 20],
    ["from its newest checkpoint alone, when no entries follow", journal(20, 10, 20), [], 20],
    ["from the checkpoint before a damaged one", journal(25, 10, 20), [20], 10],
    ["from the start, when every checkpoint is damaged", journal(25, 10, 20), [20, 10], 0],
    ["from a permanent one, when the last two are damaged", journal(35, 5, 20, 30), [30, 20], 5],
  ])("%s", async (_, one, damaged, from) => {
    damage(one, ...damaged);
    const { store } = storeOf({ one });
    expect(await recoverAll(store, "one")).toEqual([
      { id: 1, head: at(one.entries.length), from, damaged: damaged.map(passedOver), hasMail: false },
    ]);
  });

  test("if its checkpoint replaces pruned entries", async () => {
    const pruned = journal(25, 10, 20);
    pruned.entries.splice(0, 10);
    damage(pruned, 20);
    expect(await recoverAll(storeOf({ pruned }).store, "pruned")).toMatchObject([{ head: at(25), from: 10 }]);
  });

  test("without a journal, if only its name is known", async () => {
    expect(await recoverAll(storeOf({ new: journal(0) }).store, "new")).toEqual([
      { id: 1, head: emptyHead(0), from: 0, damaged: [], hasMail: false },
    ]);
  });
});

describe("many actors", () => {
  test("are recovered together in the requested order, with null for those never stored", async () => {
    const { store, asked } = storeOf({ a: journal(3), b: journal(40, 30), c: journal(0) });
    expect(await recoverAll(store, "c", "never", "b", "a")).toMatchObject([
      { id: 3, head: { seq: 0 } },
      null,
      { id: 2, head: at(40), from: 30 },
      { id: 1, head: at(3) },
    ]);
    expect(asked.tails).toBe(1);
  });

  test("may have longer journals than one statement returns", async () => {
    const journals = { a: journal(PAGE - 1), b: journal(2 * PAGE + 1), c: journal(1), d: journal(PAGE) };
    const { store, asked } = storeOf(journals);
    expect(await recoverAll(store, "a", "b", "c", "d")).toMatchObject([
      { head: at(PAGE - 1) },
      { head: at(2 * PAGE + 1) },
      { head: at(1) },
      { head: at(PAGE) },
    ]);
    expect(asked.tails).toBe(5);
  });
});

describe("an invalid journal", () => {
  test.each<[what: string, (one: Journal) => void, why: string]>([
    ["lacks an entry", ({ entries }) => entries.splice(11, 1), "Entry 12 is missing; the next one is 13."],
    ["lacks its first entries, and has no checkpoint", ({ entries }) => entries.splice(0, 3), "Entry 1 is missing"],
    [
      "has patches that do not fit",
      ({ entries }) =>
        Object.assign((entries[9] as Entry).body, { patches: [{ op: "replace", path: ["x"], value: 1 }] }),
      "A patch of x does not fit the state.",
    ],
  ])("fails its actor with a reason: it %s", async (_, spoil, why) => {
    const [broken, intact] = [journal(30), journal(5)];
    spoil(broken);
    const [failed, other] = await recoverAll(storeOf({ broken, intact }).store, "broken", "intact");
    expect(failed).toMatchObject({
      code: "actor_failed",
      message: expect.stringContaining(`its journal is damaged: ${why}`),
    });
    expect(other).toMatchObject({ head: at(5) });
  });

  test("fails its actor even when many entries follow, and reading ends", async () => {
    const [broken, intact] = [journal(3 * PAGE), journal(5)];
    broken.entries.splice(1, 1);
    const { store, asked } = storeOf({ broken, intact });
    expect(await recoverAll(store, "broken", "intact")).toMatchObject([{ code: "actor_failed" }, { head: at(5) }]);
    expect(asked.tails).toBe(2);
  });
});

test("recovery in pages equals one fold", async () => {
  const long = journal(PAGE + 3);
  const [recovered] = await recoverAll(storeOf({ long }).store, "long");
  expect(recovered).toMatchObject({ head: fold(emptyHead(0), structuredClone(long.entries)) });
});
