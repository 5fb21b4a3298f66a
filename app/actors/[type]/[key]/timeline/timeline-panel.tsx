"use client";

import { useState } from "react";
import type { Entry, RunningEffect } from "../../../../../server/protocol/journal.ts";
import { Button, Segments } from "../../../../components/controls/controls.tsx";
import { Empty, LoadingRows, PanelProblem } from "../../../../components/controls/states.tsx";
import { Ago } from "../../../../components/facts/time.tsx";
import { shown } from "../../../../history/journal-view.ts";
import type { ActorAddress } from "../../../../read/read.ts";
import { formatCount, formatLatency, formatNumber } from "../../../../words/format.ts";
import { useNow } from "../../../../words/time.tsx";
import { useJournal } from "../journal/use-journal.ts";
import { useActorAddress } from "../use-actor-address.ts";
import {
  commitUntil,
  endOf,
  inWords,
  type MessageTime,
  messageTimes,
  type Span,
  type SpanKind,
  withTimes,
} from "./timeline.ts";

/** Messages that are shown at first, and added each time. */
const PAGE = 50;
/** The min width of a bar, in percent of its row, so that short spans stay visible. */
const MIN_WIDTH = 0.3;

/** How each kind of bar is drawn. */
const looks: Record<SpanKind, { glyph: string; fill: string; text: string }> = {
  waiting: { glyph: "◷", fill: "bg-slate/50", text: "text-slate" },
  running: { glyph: "▶", fill: "bg-sky", text: "text-sky" },
  effect: { glyph: "↗", fill: "bg-violet", text: "text-violet" },
  commit: { glyph: "●", fill: "bg-emerald", text: "text-emerald" },
  "backing off": { glyph: "◷", fill: "bg-amber/60", text: "text-amber" },
};

const scales = [
  { value: "own", label: "Relative" },
  { value: "clock", label: "Absolute time" },
] as const;
type Scale = (typeof scales)[number]["value"];

/** The durations of an actor's messages, newest first. `effect` is the running one. */
export function TimelinePanel({
  address,
  tail,
  head,
  effect,
}: {
  address: ActorAddress;
  tail: readonly Entry[];
  head: number;
  effect: RunningEffect | null;
}) {
  const { view, problem, readOlder } = useJournal(address, null, tail, head);
  const [scale, setScale] = useState<Scale>("own");
  const [max, setMax] = useState(PAGE);
  const window = shown(view);
  const all = messageTimes(withTimes(window?.entries.toReversed() ?? [], tail)).toReversed();
  const times = all.slice(0, max).map((time, i) => (i === 0 && effect !== null ? withRunning(time, effect) : time));
  const more = all.length > max || (window !== null && window.from > 1);
  return (
    <section aria-label="Timeline" className="panel min-w-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line p-1.5 pl-3">
        <ul aria-label="Legend" className="flex flex-1 flex-wrap gap-x-4 gap-y-1 max-sm:basis-full">
          {Object.entries(looks).map(([kind, { glyph, fill, text }]) => (
            <li key={kind} className="flex items-center gap-1.5 whitespace-nowrap">
              <span aria-hidden className={`h-3 w-4 rounded ${fill}`} />
              <span className={text}>
                <span aria-hidden>{glyph} </span>
                {kind}
              </span>
            </li>
          ))}
        </ul>
        <Segments label="Time axis" value={scale} options={scales} onChange={setScale} />
      </div>
      {problem !== null && <PanelProblem title="Could not read the entries." problem={problem} old={window !== null} />}
      {window === null && problem === null && <LoadingRows what="the timeline" />}
      {window !== null && times.length === 0 && <Empty title="No complete messages in the loaded entries." />}
      {times.length > 0 && <Rows times={times} scale={scale} />}
      {times.length > 0 && (
        <div className="flex items-center justify-between gap-2 border-t border-line py-1.5 pr-1.5 pl-3">
          <p className="text-mini text-dim">{formatCount(times.length, "message")} shown</p>
          {more && (
            <Button
              onClick={() => {
                setMax(max + PAGE);
                if (all.length <= max + PAGE) readOlder();
              }}
            >
              Older
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

/** Adds the running effect, which is not in the journal yet. */
function withRunning(time: MessageTime, effect: RunningEffect): MessageTime {
  const last = time.spans.at(-1);
  if (time.end !== null || last === undefined) return time;
  const from = Math.max(last.from, Date.parse(effect.since));
  const before = { ...time, spans: time.spans.slice(0, -1) };
  const running: Span = { kind: "effect", from, until: null, what: `${effect.name}, attempt ${effect.attempt}` };
  return { ...time, spans: [...before.spans, ...commitUntil(from, before), running] };
}

function Rows({ times, scale }: { times: readonly MessageTime[]; scale: Scale }) {
  const now = useNow();
  const start = Math.min(...times.map(({ accepted }) => accepted));
  const longest = Math.max(1, ...times.map((time) => endOf(time, now) - (scale === "own" ? time.accepted : start)));
  return (
    <ol className="divide-y divide-line">
      {times.map((time) => (
        <Row key={time.id} time={time} from={scale === "own" ? time.accepted : start} length={longest} now={now} />
      ))}
    </ol>
  );
}

function Row({ time, from, length, now }: { time: MessageTime; from: number; length: number; now: number }) {
  const { goTo } = useActorAddress();
  const { seq, command, accepted, end, spans, isWhole } = time;
  const isCut = end !== null && !isWhole;
  const words = inWords(time, now);
  return (
    <li className="grid min-h-7 grid-cols-[56px_minmax(0,120px)_minmax(0,1fr)_88px_64px] items-center gap-x-3 px-3 max-sm:grid-cols-[56px_minmax(0,1fr)_88px] max-sm:py-1">
      <button
        type="button"
        onClick={() => goTo(seq)}
        aria-label={`Entry ${formatNumber(seq)}`}
        className="mono rounded text-left text-dim underline-offset-2 hover:text-ink hover:underline"
      >
        {formatNumber(seq)}
      </button>
      <span className={`mono truncate ${end?.isError ? "text-red" : ""}`} title={command}>
        {end?.isError && <span>✕ </span>}
        {command}
      </span>
      <span className="relative h-3 max-sm:order-last max-sm:col-span-3" title={words}>
        <span className="sr-only">{words}</span>
        {spans.map((span) => (
          <Bar key={`${span.kind} ${span.from}`} span={span} from={from} length={length} now={now} />
        ))}
      </span>
      <span
        title={isCut ? "Plus its commit, whose duration is unknown." : undefined}
        className={`mono text-right whitespace-nowrap ${end === null ? "text-amber" : ""}`}
      >
        {formatLatency(endOf(time, now) - accepted)}
        {end === null && "…"}
        {isCut && <span className="text-faint"> + ?</span>}
      </span>
      <span className="text-right text-dim max-sm:hidden">
        <Ago at={accepted} />
      </span>
    </li>
  );
}

function Bar({
  span: { kind, from: start, until },
  from,
  length,
  now,
}: {
  span: Span;
  from: number;
  length: number;
  now: number;
}) {
  const end = Math.max(until ?? now, start);
  const [left, width] = [(start - from) / length, (end - start) / length].map((part) => part * 100) as [number, number];
  return (
    <span
      aria-hidden
      className={`absolute inset-y-0 rounded-xs ${looks[kind].fill} ${until === null ? "animate-pulse" : ""}`}
      style={{ left: `${Math.min(left, 100 - MIN_WIDTH)}%`, width: `max(${width}%, ${MIN_WIDTH}%)` }}
    />
  );
}
