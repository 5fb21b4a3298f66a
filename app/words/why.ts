import type { ActorDetail, ParkedAt } from "../../server/protocol/actors.ts";
import type { DamagedCheckpoint, Recovery, RunningEffect } from "../../server/protocol/journal.ts";
import type { NextTry } from "../../server/protocol/mail.ts";
import { cutMiddle, formatAgo, formatCount, formatDuration, formatNumber, formatUntil } from "./format.ts";

/** How much of an error one sentence tells, in characters. */
const MAX_ERROR = 200;

/**
 * Why an actor is where it is in its life, in one sentence. `now` is in milliseconds since 1970; `depth` is how many
 * messages its mailbox has, null where that is not known.
 */
export function whyLine(actor: ActorDetail, now: number, depth: number | null): string {
  const behind = actor.queued === 0 ? "" : `; ${formatCount(actor.queued, "message")} in line`;
  const reason = actor.reason?.replace(/[.\s]+$/, "");
  const hasJournal = actor.persistence === "journal";
  switch (actor.lifecycle) {
    case "passivated":
      return actor.head === 0
        ? "Passivated: nothing was ever committed for it; the next message begins it anew."
        : `Passivated: its ${hasJournal ? "journal" : "state"} is in the store, and the next message brings it back.`;
    case "activating":
      return `Activating: its state is being read from the store${behind}.`;
    case "recovering":
      return `Recovering: folding its journal${reason === undefined ? "" : `; ${reason}`}${behind}.`;
    case "active": {
      const idle = Math.max(0, now - Date.parse(actor.lastActiveAt));
      const limit = formatDuration(actor.passivateAfterMs);
      const since = idle < 1000 ? "just active" : `idle for ${formatDuration(idle)}`;
      return `Active: ${since}; passivated after ${limit} of idleness${behind}.`;
    }
    case "processing":
      return `Processing: a message is being worked on${behind}.`;
    case "waiting":
      if (actor.nextTry !== null) return `Blocked by ${triesAgain(actor.nextTry, (depth ?? actor.queued) - 1, now)}.`;
      return `Waiting: ${waitsFor(actor.effect, now)}${behind}.`;
    case "failed":
      if (actor.parked !== null) return parkedLine(actor.parked, reason, (depth ?? actor.queued) - 1);
      return `Failed: ${reason ?? "no reason was given"}${behind}.`;
    case "fenced":
      return `Fenced: ${reason ?? "another node has taken over"}; nothing here can commit any more.`;
  }
}

function triesAgain({ messageId, command, attempts, error, at }: NextTry, behind: number, now: number): string {
  const next = `attempt ${formatNumber(attempts + 1)}, next try ${formatUntil(Date.parse(at), now)}`;
  const failed = `The last attempt failed with ${cutEnd(error, MAX_ERROR)}`;
  return `${messageName(messageId, command)}, ${next}${others(behind)}. ${failed}`;
}

function parkedLine({ messageId, command }: ParkedAt, reason: string | undefined, behind: number): string {
  const why = reason ?? "its code asks for other effects than are recorded";
  return `Parked at ${messageName(messageId, command)}: ${why}${others(behind)}. Code that fits sets it right, or a person.`;
}

function messageName(messageId: string, command: string): string {
  return `message ${cutMiddle(messageId, 13)} (${command})`;
}

function others(behind: number): string {
  return behind > 0 ? `; ${formatNumber(behind)} behind it` : "";
}

/** A text without what ends a sentence, and at most so long. */
function cutEnd(text: string, max: number): string {
  const whole = text.replace(/[.\s]+$/, "");
  const chars = [...whole];
  return chars.length <= max ? whole : `${chars.slice(0, max - 1).join("")}…`;
}

function waitsFor(effect: RunningEffect | null, now: number): string {
  if (effect === null) return "an effect of its current message runs, and until that is over no other command does";
  const { command, name, n, attempt, since } = effect;
  const time = formatDuration(now - Date.parse(since));
  return `effect "${name}" (number ${n}) of ${command} has run for ${time}, attempt ${attempt}`;
}

/** How an actor was brought back from its journal, in one sentence. `now` is in milliseconds since 1970. */
export function recoveryLine({ at, checkpoint, entries, ms }: Recovery, now: number): string {
  const took = ms < 1 ? "less than 1 ms" : formatDuration(ms);
  const folded = formatCount(entries, "entry", "entries");
  const from =
    checkpoint === 0
      ? `the begin of its journal, ${folded}`
      : `checkpoint ${formatNumber(checkpoint)} and ${folded} after it`;
  return `Recovered ${formatAgo(Date.parse(at), now)} in ${took}, from ${from}.`;
}

/** What is wrong with a checkpoint that a recovery passed over, in one sentence. */
export function damageLine({ seq, reason }: DamagedCheckpoint): string {
  return `Checkpoint ${formatNumber(seq)} is damaged and was passed over: ${reason}.`;
}

/** When an idle actor will be passivated, in words; null when it is not in memory. Idleness is checked now and then. */
export function passivationIn(actor: ActorDetail, now: number): string | null {
  if (actor.lifecycle !== "active") return null;
  const left = Date.parse(actor.lastActiveAt) + actor.passivateAfterMs - now;
  return left <= 0 ? "at the next check" : `in ${formatDuration(left)}`;
}
