"use client";

import Link from "next/link";
import type { MouseEvent } from "react";
import { cutMiddle, formatLatency } from "../../words/format.ts";
import type { Arrow, Lane, Sequence } from "./sequence.ts";

/** The dimensions of the diagram, in pixels. */
const ROW = 26;
const LANE = 150;
const TIMES = 72;
const HEAD = 44;
const BAR = 8;
const SLOT = 11;
/** The width of an arrow from a lane to itself. */
const SELF = 44;
/** Space beside the last lane. */
const MARGIN = 48;

const xOf = (lane: number) => TIMES + lane * LANE + LANE / 2;
const yOf = (row: number) => HEAD + row * ROW + ROW / 2;

/**
 * A lane per actor, an arrow per message, and its phases on the receiver's lane, from top to bottom in the order of time.
 * The page's own message stands out. A click on an arrow opens it.
 */
export function SequenceDiagram({
  sequence: { lanes, arrows, times },
  ownId,
  openId,
  onOpen,
}: {
  sequence: Sequence;
  ownId: string;
  openId: string | null;
  onOpen: (messageId: string) => void;
}) {
  const [width, height] = [TIMES + lanes.length * LANE + MARGIN, HEAD + times.length * ROW + 12];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label="Diagram" tabIndex={0} className="relative max-h-[70dvh] overflow-auto">
      <div className="sticky top-0 z-10 -mb-11 h-11 min-w-full bg-panel" style={{ width }}>
        {lanes.map((lane, i) => (
          <LaneHead key={lane.id} lane={lane} x={TIMES + i * LANE} />
        ))}
      </div>
      <svg width={width} height={height} className="block min-w-full">
        <title>Messages in the order of time</title>
        {lanes.map(({ id }, i) => (
          <line key={id} x1={xOf(i)} x2={xOf(i)} y1={HEAD - 4} y2={height} className="stroke-line" />
        ))}
        <Times times={times} />
        {arrows.map((arrow) => (
          <ArrowMark
            key={arrow.message.messageId}
            arrow={arrow}
            lanes={lanes}
            rows={times.length}
            isOwn={arrow.message.messageId === ownId}
            isOpen={arrow.message.messageId === openId}
            onOpen={onOpen}
          />
        ))}
      </svg>
    </section>
  );
}

function LaneHead({ lane: { id, actor }, x }: { lane: Lane; x: number }) {
  const name = id === "" ? "external" : "erased actor";
  return (
    <p
      className="absolute top-1.5 truncate px-2 text-center leading-4"
      style={{ left: x, width: LANE }}
      title={actor === null ? name : `${actor.type} ${actor.key.join(" / ")}`}
    >
      {actor === null ? (
        <span className="text-dim">{name}</span>
      ) : (
        <Link href={`/actors/${actor.type}/${actor.keyText}`} prefetch={false} className="rounded hover:underline">
          <span className="block truncate text-dim">{actor.type}</span>
          <span className="mono block truncate font-medium">{cutMiddle(actor.key.join(" / "), 20)}</span>
        </Link>
      )}
    </p>
  );
}

/** The time of each row after the first; omitted if it is that of the row before. */
function Times({ times }: { times: readonly string[] }) {
  const first = Date.parse(times[0] ?? "");
  return times.map((at, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity
    <g key={row}>
      {row % 2 === 1 && (
        <rect x="0" y={HEAD + row * ROW} width="100%" height={ROW} className="pointer-events-none fill-raised/30" />
      )}
      {at !== times[row - 1] && (
        <text x={TIMES - 8} y={yOf(row) + 4} textAnchor="end" className="mono fill-dim text-mini">
          {row === 0 ? "0" : `+${formatLatency(Date.parse(at) - first)}`}
        </text>
      )}
    </g>
  ));
}

function ArrowMark({
  arrow,
  lanes,
  rows,
  isOwn,
  isOpen,
  onOpen,
}: {
  arrow: Arrow;
  lanes: readonly Lane[];
  rows: number;
  isOwn: boolean;
  isOpen: boolean;
  onOpen: (messageId: string) => void;
}) {
  const { message, stretches, steps } = arrow;
  const left = xOf(arrow.to) - BAR / 2 + arrow.slot * SLOT;
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(message.messageId);
  };
  return (
    <a
      href={`?open=${message.messageId}`}
      onClick={open}
      aria-current={isOpen ? "true" : undefined}
      aria-label={nameOf(arrow, lanes)}
      className="group/arrow"
    >
      {stretches.map(({ kind, from, until }) => (
        <rect
          key={`${kind} ${from}`}
          data-stretch={kind}
          x={left}
          y={yOf(from)}
          width={BAR}
          height={yOf(until ?? rows) - yOf(from) - (until === null ? ROW / 2 : 0)}
          className={looks[kind].className}
          strokeDasharray={looks[kind].dash}
        />
      ))}
      {steps.map(({ step, row }) => (
        <text
          key={step.seq}
          x={xOf(arrow.to) + arrow.beside * SLOT}
          y={yOf(row) + 4}
          className={`mono text-mini ${step.isError ? "fill-red" : "fill-dim"}`}
        >
          {step.kind === "turn" ? "■" : step.isError ? "✕" : step.kind === "effect" ? "↗" : "↓"} {step.seq}
          {step.kind === "effect" && ` ${cutMiddle(step.what ?? "", 12)}`}
        </text>
      ))}
      <Shaft arrow={arrow} isBold={isOwn || isOpen} isOpen={isOpen} end={left} />
    </a>
  );
}

/** The arrow and its command. An arrow from a lane to itself bends back. */
function Shaft({ arrow, isBold, isOpen, end }: { arrow: Arrow; isBold: boolean; isOpen: boolean; end: number }) {
  const { from, to, row, message } = arrow;
  const [start, y] = [xOf(from), yOf(row)];
  const isSelf = from === to;
  const isBack = to < from;
  const tip = isBack ? end + BAR : end;
  const turn = isBack || isSelf ? 6 : -6;
  const path = isSelf ? `M${start} ${y - 8}h${SELF}v8H${end + BAR}` : `M${start} ${y}H${tip}`;
  const point = isSelf ? end + BAR : tip;
  const middle = isSelf ? start + SELF + 4 : (start + tip) / 2;
  const label = cutMiddle(message.command ?? "?", Math.abs(to - from) > 1 ? 40 : 18);
  return (
    <>
      <path d={path} className="fill-none stroke-transparent" strokeWidth="16" />
      <path
        d={`${path}M${point + turn} ${y - 4}L${point} ${y}L${point + turn} ${y + 4}`}
        strokeWidth={isBold ? 2 : 1}
        className={`fill-none group-hover/arrow:stroke-ink ${isBold ? "stroke-ink" : "stroke-faint"}`}
      />
      <text
        x={middle}
        y={isSelf ? y - 3 : y - 4}
        textAnchor={isSelf ? "start" : "middle"}
        strokeWidth="4"
        className={`mono stroke-panel text-code [paint-order:stroke] ${isBold ? "fill-ink font-semibold" : "fill-ink"} ${isOpen ? "underline" : ""}`}
      >
        {label}
      </text>
    </>
  );
}

function nameOf({ message: { command, status }, from, to }: Arrow, lanes: readonly Lane[]): string {
  const named = (lane: Lane | undefined) =>
    lane?.actor ? `${lane.actor.type} ${lane.actor.key.join(" / ")}` : "external";
  return `${command ?? "a message"} from ${named(lanes[from])} to ${named(lanes[to])}: ${status}`;
}

/** How each phase is drawn: by shape, not only by colour. */
const looks = {
  queued: { className: "fill-slate/25 stroke-slate", dash: "2 2", word: "queued" },
  running: { className: "fill-sky stroke-sky", dash: undefined, word: "running" },
  waiting: { className: "fill-amber/25 stroke-amber", dash: "5 2", word: "waiting" },
} as const;

export function Legend() {
  return (
    <ul className="flex flex-wrap gap-x-4 text-mini text-dim">
      {Object.values(looks).map(({ className, dash, word }) => (
        <li key={word} className="flex items-center gap-1.5">
          <svg width="8" height="14" aria-hidden="true">
            <rect x="1" y="1" width="6" height="12" className={className} strokeDasharray={dash} />
          </svg>
          {word}
        </li>
      ))}
    </ul>
  );
}
