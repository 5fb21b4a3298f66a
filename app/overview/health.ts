import type { Lifecycle } from "../../server/protocol/actors.ts";
import type { Overview } from "../../server/protocol/overview.ts";
import { formatAgo, formatClock, formatCount, formatNumber, type Zone } from "../words/format.ts";

/** How a server is, in one sentence. */
export interface Health {
  level: "new" | "quiet" | "busy" | "standby" | "stuck" | "refusing" | "failed" | "down";
  text: string;
}

/** Where an actor is in memory and works. */
const awake: readonly Lifecycle[] = ["active", "processing", "waiting"];
/** How many of the newest samples say what is happening now, in seconds. */
const RECENT = 5;

/** What is the matter with the server, the worst first; `now` is in milliseconds since 1970. */
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
    return { level: "standby", text: `Stands by for ${standsBy.name}, which leads since ${since}.` };
  }
  const recent = overview.samples.filter((sample) => sample.at > Date.parse(overview.at) - RECENT * 1000);
  const refused = sum(recent.map((sample) => sample.refused));
  if (inFlight >= maxInFlight || refused > 0) {
    const load = `${formatNumber(inFlight)} of ${formatNumber(maxInFlight)} messages in flight`;
    const refusals = refused === 0 ? "" : `; ${formatNumber(refused)} refused in the last ${RECENT} s`;
    return { level: "refusing", text: `Refusing work: ${load}${refusals}.` };
  }
  if (recent.length >= RECENT - 1 && recent.every((sample) => sample.inFlight > 0 && sample.commits === 0)) {
    const waiting = `${formatCount(inFlight, "message")} in flight`;
    return { level: "stuck", text: `Stuck: ${waiting}, and nothing has committed for ${RECENT} s or more.` };
  }
  const total = countActors(overview);
  const failed = countActors(overview, ["failed", "fenced"]);
  if (failed > 0) {
    const verb = failed === 1 ? "has" : "have";
    return { level: "failed", text: `${formatNumber(failed)} of ${formatCount(total, "actor")} ${verb} failed.` };
  }
  if (total === 0) return { level: "new", text: "Ready. No actor has been used yet." };
  return working(overview, now, sum(recent.map((sample) => sample.turns)), total);
}

function working(overview: Overview, now: number, turns: number, total: number): Health {
  const active = countActors(overview, awake);
  const last = overview.lastCommitAt === null ? null : formatAgo(Date.parse(overview.lastCommitAt), now);
  const commit =
    last === null ? "nothing committed since the start" : `last commit ${last === "now" ? "just now" : last}`;
  const actors = `${formatNumber(active)} of ${formatCount(total, "actor")} ${active === 1 ? "is" : "are"} active`;
  if (turns > 0) {
    const rate = turns / RECENT;
    const perSecond = formatNumber(rate < 10 ? rate : Math.round(rate));
    return { level: "busy", text: `At work: ${perSecond} turns/s. ${actors}; ${commit}.` };
  }
  return { level: "quiet", text: `All quiet. ${actors}; ${commit}.` };
}

/** How many actors there are, or how many are in one of the given places of their life. */
export function countActors(overview: Overview, where?: readonly Lifecycle[]): number {
  return sum(
    overview.types.flatMap(({ counts }) => (where ?? (Object.keys(counts) as Lifecycle[])).map((l) => counts[l] ?? 0)),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
