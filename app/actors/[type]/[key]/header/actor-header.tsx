"use client";

import Link from "next/link";
import { type ReactNode, useState } from "react";
import type { ActorDetail, TypeInfo } from "../../../../../server/protocol/actors.ts";
import { CopyButton } from "../../../../components/controls/copy.tsx";
import { LifecycleBadge } from "../../../../components/facts/lifecycle.tsx";
import { Ago } from "../../../../components/facts/time.tsx";
import { formatDepth, formatNumber } from "../../../../words/format.ts";
import { useNow } from "../../../../words/time.tsx";
import { damageLine, passivationIn, recoveryLine, whyLine } from "../../../../words/why.ts";
import { ActorActions, HeldUp } from "./actor-actions.tsx";

/**
 * The actor's key, its lifecycle and the reason for it. `isKnown` is false if the actor could not be read. `checkpoint`
 * is the seq of its newest checkpoint. `depth` is the number of messages in its mailbox, null if unknown. `allowsChaos`
 * says whether the server allows simulated crashes.
 */
export function ActorHeader({
  info,
  segments,
  keyText,
  actor,
  isKnown,
  checkpoint,
  depth,
  allowsChaos,
}: {
  info: TypeInfo;
  segments: string[];
  keyText: string;
  actor: ActorDetail | null;
  isKnown: boolean;
  checkpoint: number | null;
  depth: number | null;
  allowsChaos: boolean;
}) {
  return (
    <header className="flex flex-col gap-3">
      <nav aria-label="Breadcrumb" className="flex items-center gap-1.5 text-dim">
        <Link href="/actors" className="rounded underline-offset-2 hover:text-ink hover:underline">
          Actors
        </Link>
        <span aria-hidden className="text-faint">
          /
        </span>
        <Link
          href={`/actors?type=${info.type}`}
          className="mono rounded underline-offset-2 hover:text-ink hover:underline"
        >
          {info.type}
        </Link>
      </nav>
      <div className="flex flex-wrap items-end gap-x-5 gap-y-2">
        <h1 className="flex min-w-0 flex-wrap items-end gap-x-5 gap-y-1">
          {segments.map((segment, i) => (
            <span key={info.key[i]} className="flex min-w-0 flex-col">
              <span className="mono text-mini text-faint">{info.key[i]}</span>
              <span className="text-title font-medium break-all">{segment}</span>
            </span>
          ))}
        </h1>
        <div className="flex items-center gap-1.5 pb-0.5">
          {actor !== null && <LifecycleBadge lifecycle={actor.lifecycle} boxed />}
          <CopyButton text={() => keyText} what="Key" />
        </div>
        {info.history && actor !== null && actor.seq > 0 && (
          <Link
            href={`/actors/${info.type}/${keyText}/time`}
            prefetch={false}
            className="rounded pb-1 text-indigo underline-offset-2 hover:underline"
          >
            Time travel
          </Link>
        )}
        <span className="flex-1" />
        {actor !== null && <ActorActions actor={actor} allowsChaos={allowsChaos} />}
      </div>
      {actor === null ? (
        <p className="text-dim sm:min-h-9">
          {isKnown ? "Never used. Nothing is stored for this key." : "Status unknown: the actor could not be read."}
        </p>
      ) : (
        <Why actor={actor} depth={depth} />
      )}
      {actor?.recovery?.damaged.map((one) => (
        <p key={one.seq} className="-mt-2 break-words text-amber">
          <span aria-hidden>⚠ </span>
          {damageLine(one)}
        </p>
      ))}
      {actor !== null && <Facts actor={actor} checkpoint={checkpoint} depth={depth} />}
    </header>
  );
}

/**
 * The reason for its lifecycle, its last recovery, and the actions for a blocked actor. The height is fixed at two lines,
 * so that a failing attempt moves nothing. A retried message uses both lines; its mailbox shows the whole error.
 */
function Why({ actor, depth }: { actor: ActorDetail; depth: number | null }) {
  const now = useNow();
  const held = useHeld(actor);
  const words = whyLine(actor, now, depth);
  const isCut = held === "message" && actor.lifecycle !== "failed";
  return (
    <div className="flex items-start gap-x-4 gap-y-2 max-sm:flex-col sm:min-h-9">
      <div className={`min-w-0 flex-1 break-words ${isCut ? "max-sm:h-22.5 max-sm:flex-none" : ""}`}>
        <p
          title={isCut ? words : undefined}
          className={`${isCut ? "line-clamp-5 sm:line-clamp-2" : ""} ${whyColour(actor)}`}
        >
          {words}
        </p>
        {!isCut && actor.recovery !== null && <p className="text-dim">{recoveryLine(actor.recovery, now)}</p>}
      </div>
      {held !== null && <HeldUp actor={actor} by={held} />}
    </div>
  );
}

/**
 * What blocks an actor: a message, or that it cannot be loaded. It stays the same during a retry; null once the actor is
 * idle.
 */
function useHeld({ lifecycle, nextTry, parked }: ActorDetail): "message" | "loading" | null {
  const [held, setHeld] = useState<"message" | "loading" | null>(null);
  const isIdle = lifecycle === "active" || lifecycle === "passivated";
  let next = isIdle ? null : held;
  if (lifecycle === "failed") next = "loading";
  if (nextTry !== null || parked !== null) next = "message";
  if (next !== held) setHeld(next);
  return next;
}

function whyColour({ lifecycle, nextTry }: ActorDetail): string {
  if (lifecycle === "failed") return "text-red";
  return nextTry === null ? "text-dim" : "text-amber";
}

function Facts({ actor, checkpoint, depth }: { actor: ActorDetail; checkpoint: number | null; depth: number | null }) {
  const passivation = passivationIn(actor, useNow());
  const queued = Math.max(depth ?? 0, actor.queued);
  const hasJournal = actor.persistence === "journal";
  return (
    <dl
      className={`panel grid grid-cols-2 gap-px overflow-hidden bg-line ${hasJournal ? "sm:grid-cols-3 xl:grid-cols-6" : "sm:grid-cols-5"}`}
    >
      <Fact
        name={hasJournal ? "Head seq" : "Revision"}
        value={
          <>
            <span className="mono">{formatNumber(actor.head)}</span>
            {!hasJournal && actor.seq > 0 && actor.seq !== actor.head && (
              <span className="text-faint"> · seq {formatNumber(actor.seq)}</span>
            )}
          </>
        }
      />
      {hasJournal && <Fact name="Newest checkpoint" value={<Checkpoint seq={checkpoint} head={actor.head} />} />}
      <Fact
        name="Mailbox"
        value={
          <>
            <span className="mono">{depth === null && queued === 0 ? "–" : formatDepth(queued)}</span>
            <span className="text-faint"> queued</span>
          </>
        }
      />
      <Fact name="Last active" value={<Ago at={actor.lastActiveAt} />} />
      <Fact name="In memory" value={passivation ?? (actor.lifecycle === "passivated" ? "no" : "yes")} />
      <Fact name="Created" value={<Ago at={actor.createdAt} />} />
    </dl>
  );
}

function Checkpoint({ seq, head }: { seq: number | null; head: number }) {
  if (seq === null) return "none yet";
  const since = head - seq;
  return (
    <>
      <span className="mono">{formatNumber(seq)}</span>
      {since > 0 && <span className="text-faint"> · {formatNumber(since)} since</span>}
    </>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div className="bg-panel px-3 py-1.5 max-sm:nth-[5]:last:col-span-2">
      <dt className="text-mini text-faint">{name}</dt>
      <dd className="truncate">{value}</dd>
    </div>
  );
}
