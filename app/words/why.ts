import type { ActorDetail, ParkedAt } from "../../server/protocol/actors.ts";
import type { DamagedCheckpoint, Recovery, RunningEffect } from "../../server/protocol/journal.ts";
import type { NextTry } from "../../server/protocol/mail.ts";
import { cutMiddle, formatAgo, formatCount, formatDuration, formatNumber, formatUntil } from "./format.ts";

/** The max length of an error in a sentence, in characters. */
const MAX_ERROR = 200;

/**
 * The reason for an actor's lifecycle, in one sentence. `now` is in milliseconds since 1970; `depth` is the number of
 * messages in its mailbox, null if unknown.
 */
export function whyLine(actor: ActorDetail, now: number, depth: number | null): string {
  const behind = actor.queued === 0 ? "" : `; ${formatCount(actor.queued, "message")} queued`;
  const reason = actor.reason?.replace(/[.\s]+$/, "");
  const hasJournal = actor.persistence === "journal";
  switch (actor.lifecycle) {
    case "passivated":
      return actor.head === 0
        ? "Passivated: nothing is committed yet; the next message activates it."
        : `Passivated: its ${hasJournal ? "journal" : "state"} is in the store; the next message activates it.`;
    case "activating":
      return `Activating: reading its state from the store${behind}.`;
    case "recovering":
      return `Recovering: folding its journal${reason === undefined ? "" : `; ${reason}`}${behind}.`;
    case "active": {
      const idle = Math.max(0, now - Date.parse(actor.lastActiveAt));
      const limit = formatDuration(actor.passivateAfterMs);
      const since = idle < 1000 ? "just active" : `idle for ${formatDuration(idle)}`;
      return `Active: ${since}; passivates after ${limit} idle${behind}.`;
    }
    case "processing":
      return `Processing: a message is running${behind}.`;
    case "waiting":
      if (actor.nextTry !== null) return `Blocked by ${retryOf(actor.nextTry, (depth ?? actor.queued) - 1, now)}.`;
      return `Waiting: ${waitsFor(actor.effect, now)}${behind}.`;
    case "failed":
      if (actor.parked !== null) return parkedLine(actor.parked, reason, (depth ?? actor.queued) - 1);
      return `Failed: ${reason ?? "no reason recorded"}${behind}.`;
    case "fenced":
      return `Fenced: ${reason ?? "another node has taken over"}; this node cannot commit.`;
  }
}

function retryOf({ messageId, command, attempts, error, at }: NextTry, behind: number, now: number): string {
  const next = `attempt ${formatNumber(attempts + 1)} ${formatUntil(Date.parse(at), now)}`;
  const failed = `The last attempt failed: ${cutEnd(error, MAX_ERROR)}`;
  return `${messageName(messageId, command)}, ${next}${others(behind)}. ${failed}`;
}

function parkedLine({ messageId, command }: ParkedAt, reason: string | undefined, behind: number): string {
  const why = reason ?? "its code requests other effects than recorded";
  return `Parked at ${messageName(messageId, command)}: ${why}${others(behind)}. Deploy matching code, or intervene.`;
}

function messageName(messageId: string, command: string): string {
  return `message ${cutMiddle(messageId, 13)} (${command})`;
}

function others(behind: number): string {
  return behind > 0 ? `; ${formatNumber(behind)} queued behind it` : "";
}

/** A text without its final full stop, shortened to `max` characters. */
function cutEnd(text: string, max: number): string {
  const whole = text.replace(/[.\s]+$/, "");
  const chars = [...whole];
  return chars.length <= max ? whole : `${chars.slice(0, max - 1).join("")}…`;
}

function waitsFor(effect: RunningEffect | null, now: number): string {
  if (effect === null) return "an effect of the current message is running; other commands wait for it";
  const { command, name, n, attempt, since } = effect;
  const time = formatDuration(now - Date.parse(since));
  return `effect "${name}" (#${n}) of ${command} running for ${time}, attempt ${attempt}`;
}

/** An actor's last recovery, in one sentence. `now` is in milliseconds since 1970. */
export function recoveryLine({ at, checkpoint, entries, ms }: Recovery, now: number): string {
  const duration = ms < 1 ? "less than 1 ms" : formatDuration(ms);
  const folded = formatCount(entries, "entry", "entries");
  const from =
    checkpoint === 0
      ? `the beginning of its journal, ${folded}`
      : `checkpoint ${formatNumber(checkpoint)} and ${folded} after it`;
  return `Recovered ${formatAgo(Date.parse(at), now)} in ${duration}, from ${from}.`;
}

/** A damaged checkpoint that a recovery skipped, in one sentence. */
export function damageLine({ seq, reason }: DamagedCheckpoint): string {
  return `Checkpoint ${formatNumber(seq)} is damaged and was skipped: ${reason}.`;
}

/** When an idle actor will be passivated, in words; null if it is not idle in memory. */
export function passivationIn(actor: ActorDetail, now: number): string | null {
  if (actor.lifecycle !== "active") return null;
  const left = Date.parse(actor.lastActiveAt) + actor.passivateAfterMs - now;
  return left <= 0 ? "passivates soon" : `passivates in ${formatDuration(left)}`;
}
