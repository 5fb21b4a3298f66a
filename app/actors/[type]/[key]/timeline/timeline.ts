import type { Entry, RecordedMessage } from "../../../../../server/protocol/journal.ts";
import { formatLatency } from "../../../../words/format.ts";

/**
 * A phase of a message.
 * - `waiting`: accepted, behind another message.
 * - `running`: its handler runs.
 * - `effect`: an effect runs, with all its attempts.
 * - `commit`: an entry is being committed, before the next effect or the reply.
 * - `backing off`: from a failed attempt to the outcome of the next one.
 */
export type SpanKind = "waiting" | "running" | "effect" | "commit" | "backing off";

/** One bar of a message. Times are milliseconds since 1970; `until` is null while it is in progress. */
export interface Span {
  kind: SpanKind;
  from: number;
  until: number | null;
  /** The effect's name and its number of attempts; empty otherwise. */
  what: string;
}

/** The phases of a message, computed from its journal entries. */
export interface MessageTime {
  id: string;
  command: string;
  accepted: number;
  /** The seq of its newest entry. */
  seq: number;
  /** How it ended; null while it is in progress. */
  end: { at: number; isError: boolean } | null;
  spans: readonly Span[];
  /** Whether the last bar is the commit; otherwise its duration is unknown. */
  isWhole: boolean;
}

/**
 * The messages whose first entry is among the given entries (oldest first), oldest first. The start of a handler is not
 * recorded: it is when the message was accepted and the one before it had finished.
 */
export function messageTimes(entries: readonly Entry[]): MessageTime[] {
  const known = new Map<string, Building>();
  let free = 0;
  for (const { seq, at, durationMs, body } of entries) {
    if (!("messageId" in body)) continue;
    const before = known.get(body.messageId);
    const message = "message" in body ? body.message : undefined;
    if (before === undefined && message === undefined) continue;
    const isEnd = body.kind === "turn" || body.kind === "attempt_failed";
    const time = before ?? start(message as RecordedMessage, free, at);
    if (before !== undefined) time.spans.push(...between(time, body, at));
    time.isWhole = durationMs !== undefined;
    if (durationMs !== undefined) time.spans.push({ kind: "commit", from: at, until: at + durationMs, what: "" });
    time.seq = seq;
    time.end = isEnd ? { at, isError: body.kind === "attempt_failed" } : null;
    known.set(body.messageId, time);
    if (isEnd) free = at;
  }
  for (const time of known.values()) {
    if (time.end === null) time.spans.push({ kind: "running", from: lastOf(time), until: null, what: "" });
  }
  return [...known.values()];
}

/** Entries with the commit durations that the stream reported. An entry read right after its commit has none yet. */
export function withTimes(entries: readonly Entry[], tail: readonly Entry[]): Entry[] {
  const times = new Map(tail.map(({ seq, durationMs }) => [seq, durationMs]));
  return entries.map((entry) =>
    entry.durationMs === undefined ? { ...entry, durationMs: times.get(entry.seq) } : entry,
  );
}

type Building = MessageTime & { spans: Span[] };

/** A message up to its first entry. */
function start({ id, command, now }: RecordedMessage, free: number, at: number): Building {
  const accepted = Math.min(now, at);
  const startedAt = Math.min(Math.max(accepted, free), at);
  const waiting: Span[] = startedAt > accepted ? [{ kind: "waiting", from: accepted, until: startedAt, what: "" }] : [];
  const running: Span = { kind: "running", from: startedAt, until: at, what: "" };
  return { id, command, accepted, seq: 0, end: null, isWhole: false, spans: [...waiting, running] };
}

/** The phases of a message between its previous entry and this one. */
function between(time: Building, body: Exclude<Entry["body"], { kind: "migrated" }>, at: number): Span[] {
  const from = Math.min(lastOf(time), at);
  if (time.end !== null) return [{ kind: "backing off", from, until: at, what: "" }];
  if (body.kind !== "effect") return [{ kind: "running", from, until: at, what: "" }];
  const startedAt = Math.min(Math.max(body.startedAt ?? from, from), at);
  const { name, attempts } = body.effect;
  const what = attempts === 1 ? name : `${name}, ${attempts} attempts`;
  return [...commitUntil(startedAt, time), { kind: "effect", from: startedAt, until: at, what }];
}

/** The commit before an effect, if the previous entry does not contain its duration. */
export function commitUntil(until: number, time: MessageTime): Span[] {
  const from = lastOf(time);
  return time.isWhole || until <= from ? [] : [{ kind: "commit", from, until, what: "" }];
}

function lastOf({ spans, accepted }: MessageTime): number {
  return spans.at(-1)?.until ?? accepted;
}

/** When the last bar ends; `now` while it is in progress. */
export function endOf({ spans }: MessageTime, now: number): number {
  return spans.at(-1)?.until ?? now;
}

/** The phases of a message in words. Says so if the duration of its last commit is unknown. */
export function inWords({ spans, end, isWhole }: MessageTime, now: number): string {
  const bars = spans.map(({ kind, what, from, until }) => {
    return `${what === "" ? kind : `${kind} ${what}`} ${formatLatency((until ?? now) - from)}`;
  });
  return [...bars, ...(end === null || isWhole ? [] : ["commit unknown"])].join(", ");
}
