import type { Entry, RecordedMessage } from "../../../../../server/protocol/journal.ts";
import { formatLatency } from "../../../../words/format.ts";

/**
 * What a message did for a while.
 * - `waiting`: it was accepted, and another message was before it.
 * - `running`: its handler ran.
 * - `effect`: an effect of it ran, with all its attempts.
 * - `commit`: what came of that became durable, which an effect and the reply wait for.
 * - `backing off`: an attempt had failed, until what came of the next one.
 */
export type SpanKind = "waiting" | "running" | "effect" | "commit" | "backing off";

/** One bar of a message. Times are milliseconds since 1970; `until` is null while it is not over. */
export interface Span {
  kind: SpanKind;
  from: number;
  until: number | null;
  /** The effect's name, and how often it was tried; or nothing. */
  what: string;
}

/** A message as its journal tells it, in time. */
export interface MessageTime {
  id: string;
  command: string;
  accepted: number;
  /** The newest of its entries. */
  seq: number;
  /** How it ended; null while it is not over. */
  end: { at: number; isError: boolean } | null;
  spans: readonly Span[];
  /** Whether the last of the bars is the commit; otherwise it is not known how long that took. */
  isWhole: boolean;
}

/**
 * The messages that a run of entries (oldest first) tells of from their beginnings, oldest first. When a handler began is
 * not recorded: it was as soon as the message was accepted and the one before it was over.
 */
export function messageTimes(entries: readonly Entry[]): MessageTime[] {
  const known = new Map<string, Told>();
  let free = 0;
  for (const { seq, at, durationMs, body } of entries) {
    if (!("messageId" in body)) continue;
    const before = known.get(body.messageId);
    const message = "message" in body ? body.message : undefined;
    if (before === undefined && message === undefined) continue;
    const isOver = body.kind === "turn" || body.kind === "attempt_failed";
    const told = before ?? begin(message as RecordedMessage, free, at);
    if (before !== undefined) told.spans.push(...between(told, body, at));
    told.isWhole = durationMs !== undefined;
    if (durationMs !== undefined) told.spans.push({ kind: "commit", from: at, until: at + durationMs, what: "" });
    told.seq = seq;
    told.end = isOver ? { at, isError: body.kind === "attempt_failed" } : null;
    known.set(body.messageId, told);
    if (isOver) free = at;
  }
  for (const told of known.values()) {
    if (told.end === null) told.spans.push({ kind: "running", from: lastOf(told), until: null, what: "" });
  }
  return [...known.values()];
}

/** Entries with the times of their commits that the stream told: who reads one just as it commits is not told of it yet. */
export function withTimes(entries: readonly Entry[], tail: readonly Entry[]): Entry[] {
  const times = new Map(tail.map(({ seq, durationMs }) => [seq, durationMs]));
  return entries.map((entry) =>
    entry.durationMs === undefined ? { ...entry, durationMs: times.get(entry.seq) } : entry,
  );
}

type Told = MessageTime & { spans: Span[] };

/** A message up to its first entry. */
function begin({ id, command, now }: RecordedMessage, free: number, at: number): Told {
  const accepted = Math.min(now, at);
  const begun = Math.min(Math.max(accepted, free), at);
  const waiting: Span[] = begun > accepted ? [{ kind: "waiting", from: accepted, until: begun, what: "" }] : [];
  const running: Span = { kind: "running", from: begun, until: at, what: "" };
  return { id, command, accepted, seq: 0, end: null, isWhole: false, spans: [...waiting, running] };
}

/** What a message did from its entry before until this one. */
function between(told: Told, body: Exclude<Entry["body"], { kind: "migrated" }>, at: number): Span[] {
  const from = Math.min(lastOf(told), at);
  if (told.end !== null) return [{ kind: "backing off", from, until: at, what: "" }];
  if (body.kind !== "effect") return [{ kind: "running", from, until: at, what: "" }];
  const began = Math.min(Math.max(body.startedAt ?? from, from), at);
  const { name, attempts } = body.effect;
  const what = attempts === 1 ? name : `${name}, ${attempts} attempts`;
  return [...commitUntil(began, told), { kind: "effect", from: began, until: at, what }];
}

/** The commit that an effect waited for until it began, where the entry before does not tell how long that took. */
export function commitUntil(began: number, told: MessageTime): Span[] {
  const from = lastOf(told);
  return told.isWhole || began <= from ? [] : [{ kind: "commit", from, until: began, what: "" }];
}

function lastOf({ spans, accepted }: MessageTime): number {
  return spans.at(-1)?.until ?? accepted;
}

/** When the last of a message's bars ends; `now` while it is not over. */
export function endOf({ spans }: MessageTime, now: number): number {
  return spans.at(-1)?.until ?? now;
}

/** A message's time in words, bar by bar; of one that is over also that it is not known how long its commit took. */
export function inWords({ spans, end, isWhole }: MessageTime, now: number): string {
  const bars = spans.map(({ kind, what, from, until }) => {
    return `${what === "" ? kind : `${kind} ${what}`} ${formatLatency((until ?? now) - from)}`;
  });
  return [...bars, ...(end === null || isWhole ? [] : ["commit not known"])].join(", ");
}
