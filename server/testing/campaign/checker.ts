import { isEqual } from "../../core/json/equal.ts";
import { emptyHead, fold } from "../../protocol/fold.ts";
import type { Entry, EntryBody, Json } from "../../protocol/journal.ts";
import { query } from "../database/sql.ts";
import type { Call } from "../process/counting-service.ts";
import type { Operation } from "./clients.ts";

interface SourceState {
  applied: string[];
  sent: Record<string, number>;
  heard: Record<string, string>;
  reminded: string[];
}

/** The contents of the database after a campaign. */
interface Found {
  sources: Map<string, SourceState>;
  sinks: Map<string, Record<string, number[]>>;
  /** Problems with the histories of sinks. */
  historyProblems: string[];
  /** Operations whose messages are dead letters. */
  dead: Set<string>;
  effects: Map<string, number>;
}

/**
 * Compares the replies to clients and the calls of the service with the database: no acknowledged operation is lost,
 * none is applied twice, each effect has one result, messages between two actors keep their order, journals and
 * histories have no gaps, and each history folds to the stored state.
 * @returns the problems; empty if there are none
 */
export async function check(url: string, operations: readonly Operation[], calls: readonly Call[]): Promise<string[]> {
  const found = await readDatabase(url);
  return [
    ...operations.flatMap((operation) => checkOperation(found, operation)),
    ...[...found.sources].flatMap(([key, source]) => checkSource(found, key, source)),
    ...checkEffects(found, calls),
    ...found.historyProblems,
  ];
}

/** Whether all mailboxes are empty and no reminder is set. */
export async function isQuiet(url: string): Promise<boolean> {
  const [row] = await query(url, "SELECT (SELECT count(*) FROM mailbox) + (SELECT count(*) FROM reminder) AS left");
  return Number(row?.left) === 0;
}

async function readDatabase(url: string): Promise<Found> {
  const journals = await journalsOf(url, "source");
  const effects = new Map<string, number>();
  for (const { body } of [...journals.values()].flat()) {
    if (body.kind !== "effect") continue;
    const name = `${body.messageId}/${body.n}`;
    effects.set(name, (effects.get(name) ?? 0) + 1);
  }
  const sinks = await query(
    url,
    `SELECT a.key, s.state, s.revision::int AS revision FROM durable_state s JOIN actor a ON a.id = s.actor_id
     WHERE a.type = 'sink'`,
  );
  const histories = await journalsOf(url, "sink");
  const letters = await query(url, "SELECT payload ->> 'op' AS op FROM dead_letter");
  // A fold throws if an entry is missing.
  const states = [...journals].map(([key, journal]): [string, SourceState] => {
    const state = fold(emptyHead(1), journal).state ?? { applied: [], sent: {}, heard: {}, reminded: [] };
    return [key, state as unknown as SourceState];
  });
  return {
    sources: new Map(states),
    sinks: new Map(sinks.map(({ key, state }) => [key as string, (state as { got: Record<string, number[]> }).got])),
    dead: new Set(letters.map(({ op }) => op as string)),
    historyProblems: sinks.flatMap(({ key, state, revision }) =>
      checkHistory(key as string, histories, state, revision),
    ),
    effects,
  };
}

/** The entries of all actors of a type, by key. */
async function journalsOf(url: string, type: string): Promise<Map<string, Entry[]>> {
  const entries = await query(
    url,
    `SELECT a.key, e.seq::int AS seq, e.body FROM entry e JOIN actor a ON a.id = e.actor_id
     WHERE a.type = $1 ORDER BY a.key, e.seq`,
    [type],
  );
  const journals = new Map<string, Entry[]>();
  for (const { key, seq, body } of entries) {
    const journal = journals.get(key as string) ?? [];
    journals.set(key as string, journal);
    journal.push({ seq: seq as number, at: 0, body: body as EntryBody });
  }
  return journals;
}

/** A history has one entry per revision, and folds to the stored state. */
function checkHistory(key: string, histories: Map<string, Entry[]>, state: unknown, revision: unknown): string[] {
  const history = histories.get(key) ?? [];
  const head = fold(emptyHead(1), history);
  if (head.seq === revision && isEqual(head.state ?? null, state as Json)) return [];
  return [`the history of ${key} has ${head.seq} entries, and does not fold to revision ${revision}`];
}

/** Every operation was applied once, or is a dead letter if its command may become one. */
function checkOperation({ sources, dead }: Found, { op, key, command, reply }: Operation): string[] {
  const source = sources.get(key);
  const times = source?.applied.filter((one) => one === op).length ?? 0;
  const problems: string[] = [];
  const isDead = dead.has(op);
  if (command === "fall") return isDead && times === 0 ? [] : [`${op} fell: applied ${times} times, dead: ${isDead}`];
  if (times + (isDead ? 1 : 0) !== 1) problems.push(`${command} ${op}: applied ${times} times, dead: ${isDead}`);
  if (isDead && command !== "stumble") problems.push(`${command} ${op} was given up`);
  if (reply === undefined) problems.push(`${command} ${op} was never answered`);
  const reminded = source?.reminded.filter((one) => one === op).length ?? 0;
  if (reminded !== (command === "alarm" ? 1 : 0)) problems.push(`${command} ${op}: reminded ${reminded} times`);
  return problems;
}

/** Each sink received all messages of a source, once and in order. */
function checkSource({ sinks }: Found, key: string, { sent }: SourceState): string[] {
  return Object.entries(sent).flatMap(([sink, count]) => {
    const got = sinks.get(sink)?.[key] ?? [];
    const wanted = Array.from({ length: count }, (_, i) => i + 1);
    return got.join() === wanted.join() ? [] : [`${sink} got ${got} of ${key}, which sent ${count}`];
  });
}

/** Each effect has one recorded result, and the service was called under its key. */
function checkEffects({ effects }: Found, calls: readonly Call[]): string[] {
  const twice = [...effects].filter(([, times]) => times > 1).map(([name]) => `effect ${name} is recorded twice`);
  const called = new Set(calls.map(({ key }) => key));
  const uncalled = [...effects.keys()].filter((name) => !called.has(name));
  return [...twice, ...uncalled.map((name) => `effect ${name} is recorded, and the service was not called`)];
}
