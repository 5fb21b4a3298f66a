"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type MouseEvent, useEffect, useRef, useState } from "react";
import type { Lifecycle } from "../../server/protocol/actors.ts";
import { decodeKeyText } from "../../server/protocol/key-text.ts";
import { lifecycleLetters, type Overview } from "../../server/protocol/overview.ts";
import { LifecycleBadge, lifecycles } from "../components/facts/lifecycle.tsx";
import { useTheme } from "../components/shell/theme.ts";
import { aggregated, type CellGroup, capacity, cellSize, lifecycleOf } from "../live/map.ts";
import { useRoom } from "../live/use-room.ts";
import { formatCount, formatNumber } from "../words/format.ts";

/** Every actor as a cell, coloured by its lifecycle. With very many actors a cell stands for several. */
export function LifecycleMap({ types }: { types: Overview["types"] }) {
  const { view } = useRoom({ kind: "map" }, 250, { view: null, since: null });
  const [width, setWidth] = useState(0);
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = container.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const exact = view?.groups ?? null;
  const room = capacity(width);
  const isExact = exact !== null && exact.reduce((sum, { cells }) => sum + cells.length, 0) <= room;
  const { groups, each } = isExact ? { groups: exact, each: 1 } : aggregated(types, room);
  const size = cellSize(
    groups.map(({ cells }) => cells.length),
    width,
  );
  return (
    <section aria-labelledby="map" aria-busy={view === null} className="panel">
      <h2 id="map" className="flex items-baseline gap-2 border-b border-line px-3 py-2 font-medium">
        <span className="flex-1">Actors by lifecycle</span>
        <span className="text-mini font-normal text-dim">1 cell = {formatCount(each, "actor")}</span>
      </h2>
      <div ref={container} className="mx-3 my-2.5 flex flex-col gap-2.5 overflow-hidden">
        {width > 0 &&
          groups.map((group) => (
            <Group
              key={group.type}
              group={group}
              worked={isExact ? view?.worked[group.type] : undefined}
              size={size}
              width={width}
            />
          ))}
      </div>
    </section>
  );
}

function Group({
  group,
  worked = [],
  size,
  width,
}: {
  group: CellGroup;
  worked: readonly number[] | undefined;
  size: number;
  width: number;
}) {
  const router = useRouter();
  const theme = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const columns = Math.max(1, Math.floor(width / size));
  const height = Math.ceil(group.cells.length / columns) * size;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides what the colours are
  useEffect(() => {
    if (canvas.current !== null) drawCells(canvas.current, { cells: group.cells, worked, size, columns }, coloursOf());
  }, [group.cells, worked, size, columns, height, theme]);

  const indexAt = ({ nativeEvent: { offsetX, offsetY } }: MouseEvent) => {
    const [x, y] = [Math.floor(offsetX / size), Math.floor(offsetY / size)];
    const index = y * columns + x;
    return x < columns && index < group.cells.length ? index : null;
  };
  const keyAt = (index: number | null) => (index === null ? null : (group.keys[index] ?? null));
  const key = keyAt(pointed);
  return (
    <div className="flex flex-col gap-1">
      <p className="flex h-5 items-baseline gap-3 overflow-hidden">
        <Link href={`/types/${group.type}`} className="mono rounded underline-offset-2 hover:underline">
          {group.type}
        </Link>
        {pointed !== null && (
          <span aria-hidden className="mono flex min-w-0 gap-2 text-mini">
            <LifecycleBadge lifecycle={lifecycleOf(group.cells[pointed] ?? "")} />
            <span className="truncate text-dim">{key === null ? "" : decodeKeyText(key)?.join(" / ")}</span>
          </span>
        )}
      </p>
      <canvas
        ref={canvas}
        width={width}
        height={height}
        role="img"
        aria-label={described(group)}
        onMouseMove={(event) => setPointed(indexAt(event))}
        onMouseLeave={() => setPointed(null)}
        onClick={(event) => {
          const clicked = keyAt(indexAt(event));
          if (clicked !== null) router.push(`/actors/${group.type}/${clicked}`);
        }}
        className={key === null ? "" : "cursor-pointer"}
        style={{ width, height }}
      />
    </div>
  );
}

/** The map in words. */
function described({ type, cells }: CellGroup): string {
  const counts = new Map<Lifecycle, number>();
  for (const letter of cells) counts.set(lifecycleOf(letter), (counts.get(lifecycleOf(letter)) ?? 0) + 1);
  const parts = lifecycles.flatMap((lifecycle) => {
    const count = counts.get(lifecycle);
    return count === undefined ? [] : [`${formatNumber(count)} ${lifecycle}`];
  });
  return `${type}: ${formatCount(cells.length, "cell")}: ${parts.join(", ")}. The counts by type below link to the lists.`;
}

/** The theme's custom property for each lifecycle's colour. */
const properties: Record<Lifecycle, string> = {
  passivated: "--color-slate",
  activating: "--color-blue",
  recovering: "--color-violet",
  active: "--color-emerald",
  processing: "--color-sky",
  waiting: "--color-amber",
  failed: "--color-red",
  fenced: "--color-fuchsia",
};

/** The colours of the theme, by the letters of cells. */
function coloursOf(): Map<string, string> {
  const theme = getComputedStyle(document.documentElement);
  return new Map(lifecycles.map((one) => [lifecycleLetters[one], theme.getPropertyValue(properties[one]).trim()]));
}

/** Draws all cells, one colour after the other for speed. The cells in `worked` are drawn as processing. */
function drawCells(
  canvas: HTMLCanvasElement,
  {
    cells,
    worked,
    size,
    columns,
  }: { cells: readonly string[]; worked: readonly number[]; size: number; columns: number },
  colours: ReadonlyMap<string, string>,
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const busy = new Set(worked);
  const gap = size > 5 ? 2 : 1;
  const byLetter = new Map<string, number[]>();
  for (const [index, letter] of cells.entries()) {
    const drawn = busy.has(index) ? lifecycleLetters.processing : letter;
    const known = byLetter.get(drawn);
    if (known === undefined) byLetter.set(drawn, [index]);
    else known.push(index);
  }
  for (const [letter, indexes] of byLetter) {
    context.fillStyle = colours.get(letter) ?? "";
    // Passivated actors are the background.
    context.globalAlpha = letter === lifecycleLetters.passivated ? 0.35 : 1;
    for (const index of indexes) {
      context.fillRect((index % columns) * size, Math.floor(index / columns) * size, size - gap, size - gap);
    }
  }
}
