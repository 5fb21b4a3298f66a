import type { Lifecycle } from "../../server/protocol/actors.ts";
import type { Overview } from "../../server/protocol/overview.ts";
import { formatAgo, formatClock, formatCount, formatNumber, type Zone } from "../words/format.ts";

/** The health of a server, in one sentence. */
export interface Health {
  level: "new" | "quiet" | "busy" | "standby" | "stuck" | "refusing" | "failed" | "down";
  text: string;
}

/** The lifecycles of an actor in memory that works. */
const awake: readonly Lifecycle[] = ["active", "processing", "waiting"];
/** The time span of the samples that count as now, in seconds. */
const RECENT = 5;

/** The worst problem of the server, or its load; `now` is in milliseconds since 1970. */
export function health(overview: Overview, now: number, zone: Zone): Health {
  const { database, inFlight, maxInFlight } = overview;
  if (!database.ok) {
    const since = formatClock(Date.parse(database.since), zone);
    const why = database.error === null ? "" : `: ${database.error.replace(/[.\s]+$/, "")}`;
    return { level: "down", text: `The database has not answered since ${since}${why}.` };
  }
  const { standsBy } = overview.node;
  if (standsBy !== null) {
    const since = formatClock(Date.parse(standsBy.since), zone);
    return { level: "standby", text: `Standby for ${standsBy.name}, leader since ${since}.` };
  }
  const recent = overview.samples.filter((sample) => sample.at > Date.parse(overview.at) - RECENT * 1000);
  const refused = sum(recent.map((sample) => sample.refused));
  if (inFlight >= maxInFlight || refused > 0) {
    const load = `${formatNumber(inFlight)} of ${formatNumber(maxInFlight)} messages in flight`;
    const refusals = refused === 0 ? "" : `; ${formatNumber(refused)} refused in the last ${RECENT} s`;
    return { level: "refusing", text: `Overloaded: ${load}${refusals}.` };
  }
  if (recent.length >= RECENT - 1 && recent.every((sample) => sample.inFlight > 0 && sample.commits === 0)) {
    const waiting = `${formatCount(inFlight, "message")} in flight`;
    return { level: "stuck", text: `Stuck: ${waiting}, no commit for at least ${RECENT} s.` };
  }
  const total = countActors(overview);
  const failed = countActors(overview, ["failed", "fenced"]);
  if (failed > 0) {
    const verb = failed === 1 ? "has" : "have";
    return { level: "failed", text: `${formatNumber(failed)} of ${formatCount(total, "actor")} ${verb} failed.` };
  }
  if (total === 0) return { level: "new", text: "Ready. No actors yet." };
  return working(overview, now, sum(recent.map((sample) => sample.turns)), total);
}

function working(overview: Overview, now: number, turns: number, total: number): Health {
  const active = countActors(overview, awake);
  const last = overview.lastCommitAt === null ? null : formatAgo(Date.parse(overview.lastCommitAt), now);
  const commit = last === null ? "no commit since the start" : `last commit ${last === "now" ? "just now" : last}`;
  const actors = `${formatNumber(active)} of ${formatCount(total, "actor")} ${active === 1 ? "is" : "are"} active`;
  if (turns > 0) {
    const rate = turns / RECENT;
    const perSecond = formatNumber(rate < 10 ? rate : Math.round(rate));
    return { level: "busy", text: `Healthy, ${perSecond} turns/s. ${actors}; ${commit}.` };
  }
  return { level: "quiet", text: `Healthy, idle. ${actors}; ${commit}.` };
}

/** The number of actors, or of those with one of the given lifecycles. */
export function countActors(overview: Overview, where?: readonly Lifecycle[]): number {
  return sum(
    overview.types.flatMap(({ counts }) => (where ?? (Object.keys(counts) as Lifecycle[])).map((l) => counts[l] ?? 0)),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
