import type { Retention } from "../../server/protocol/actors.ts";
import { MAX_DEPTH } from "../../server/protocol/bounds.ts";

/** The time zone of the page. */
export type Zone = "local" | "utc";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

const numbers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** A number with thousands separators. */
export function formatNumber(n: number): string {
  return numbers.format(n);
}

/** A count and its noun: `1 actor`, `2 actors`, `2 entries`. */
export function formatCount(n: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(n)} ${n === 1 ? noun : plural}`;
}

/** The number of messages in a mailbox. The server counts no further than `MAX_DEPTH`. */
export function formatDepth(depth: number): string {
  return depth < MAX_DEPTH ? formatNumber(depth) : `${formatNumber(MAX_DEPTH)} or more`;
}

/** A duration in at most two units: `850 ms`, `3 s`, `12 min`, `2 h 5 min`, `3 d 4 h`, `16 years`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return twoUnits(ms, HOUR, "h", MINUTE, "min");
  if (ms < YEAR) return twoUnits(ms, DAY, "d", HOUR, "h");
  return formatCount(Math.floor(ms / YEAR), "year");
}

function twoUnits(ms: number, unit: number, name: string, part: number, partName: string): string {
  const rest = Math.floor((ms % unit) / part);
  return `${Math.floor(ms / unit)} ${name}${rest === 0 ? "" : ` ${rest} ${partName}`}`;
}

/** A latency in milliseconds with two or three significant digits: `0.42 ms`, `3.1 ms`, `28 ms`, `1.5 s`. */
export function formatLatency(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 10) return `${Math.round(ms)} ms`;
  return `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
}

/** The latencies of a scale, in milliseconds: all in one unit, with as few digits as possible. */
export function formatLatencyScale(times: readonly number[]): string[] {
  const inSeconds = Math.max(0, ...times) >= 1000;
  const values = times.map((ms) => (inSeconds ? ms / 1000 : ms));
  const isWhole = (value: number, digits: number) => Math.abs(value - Number(value.toFixed(digits))) < 1e-9;
  const digits = [0, 1, 2].find((count) => values.every((value) => isWhole(value, count))) ?? 2;
  return values.map((value) => (value === 0 ? "0" : `${value.toFixed(digits)} ${inSeconds ? "s" : "ms"}`));
}

/** How long ago a time was; `now` for less than a second, or if the clocks differ. */
export function formatAgo(at: number, now: number): string {
  const ago = now - at;
  return ago < SECOND ? "now" : `${formatDuration(ago)} ago`;
}

/** How long until a time; `now` if it is due. */
export function formatUntil(at: number, now: number): string {
  return at <= now ? "now" : `in ${formatDuration(Math.max(SECOND, at - now))}`;
}

/** A time to the second: `2026-11-22 14:03:20`. */
export function formatTime(at: number, zone: Zone): string {
  const date = new Date(zone === "utc" ? at : at - new Date(at).getTimezoneOffset() * MINUTE);
  return date.toISOString().slice(0, 19).replace("T", " ");
}

/** The time of day: `14:03:20`. */
export function formatClock(at: number, zone: Zone): string {
  return formatTime(at, zone).slice(11);
}

/** A size: `231 B`, `12.4 KB`, `3.1 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** A text of at most `max` characters, shortened in the middle, because ids differ at their ends. */
export function cutMiddle(text: string, max: number): string {
  const chars = [...text];
  if (chars.length <= max) return text;
  const head = Math.ceil((max - 1) / 2);
  return `${chars.slice(0, head).join("")}…${chars.slice(chars.length - (max - 1 - head)).join("")}`;
}

/** Why a history starts where it does: the retention of its type. */
export function retained(retention: Retention): string {
  if (retention === "all") return "earlier entries were pruned";
  if ("days" in retention) return `the last ${formatCount(retention.days, "day")} are stored`;
  return `the last ${formatCount(retention.entries, "entry", "entries")} are stored`;
}
