import type { Lifecycle } from "../../server/protocol/actors.ts";
import { MAX_CELLS } from "../../server/protocol/bounds.ts";
import { lifecycleLetters, type MapFrame, type Overview } from "../../server/protocol/overview.ts";

/** The cells of one type: the letter of each, and its key if it stands for one actor. */
export interface CellGroup {
  type: string;
  cells: readonly string[];
  keys: readonly (string | null)[];
}

/** The lifecycles of all actors; `groups` is null if there are too many for a cell each. */
export interface MapLive {
  groups: readonly CellGroup[] | null;
  /** The cells of actors that committed in the newest frame, by type. */
  worked: Readonly<Record<string, readonly number[]>>;
}

/** Adds a frame to the map. */
export function withMap(before: MapLive | null, { groups, added, changes, worked }: MapFrame): MapLive {
  const start = groups === undefined ? (before?.groups ?? null) : (groups?.map(toGroup) ?? null);
  if (start === null) return { groups: null, worked: {} };
  const known = new Map(start.map((group) => [group.type, group]));
  for (const type of new Set([...Object.keys(added), ...Object.keys(changes)])) {
    const { cells, keys } = known.get(type) ?? { cells: [], keys: [] };
    const [nextCells, nextKeys] = [[...cells], [...keys]];
    for (const [key, letter] of added[type] ?? []) {
      nextKeys.push(key);
      nextCells.push(letter);
    }
    for (const [index, letter] of changes[type] ?? []) nextCells[index] = letter;
    known.set(type, { type, cells: nextCells, keys: nextKeys });
  }
  return { groups: [...known.values()], worked };
}

function toGroup({ type, keys, cells }: { type: string; keys: (string | null)[]; cells: string }): CellGroup {
  return { type, keys, cells: [...cells] };
}

/** Cells that stand for `each` actors, with at least one cell per lifecycle that occurs. */
export function aggregated(types: Overview["types"], capacity: number): { groups: CellGroup[]; each: number } {
  const total = types.flatMap(({ counts }) => Object.values(counts)).reduce((a, b) => a + b, 0);
  const each = Math.max(1, Math.ceil(total / Math.min(capacity, MAX_CELLS)));
  const groups = types.map(({ type, counts }) => {
    const cells = (Object.keys(lifecycleLetters) as Lifecycle[]).flatMap((lifecycle) => {
      const count = counts[lifecycle] ?? 0;
      return new Array<string>(Math.ceil(count / each)).fill(lifecycleLetters[lifecycle]);
    });
    return { type, cells, keys: [] };
  });
  return { groups: groups.filter(({ cells }) => cells.length > 0), each };
}

/** The lifecycle of a letter. */
export function lifecycleOf(letter: string): Lifecycle {
  const found = (Object.keys(lifecycleLetters) as Lifecycle[]).find((one) => lifecycleLetters[one] === letter);
  return found ?? "passivated";
}

/** The sizes of a cell with its gap, and the max height of the map, in pixels. */
const SIZES = [16, 14, 12, 10, 8, 7, 6, 5, 4];
const MAX_HEIGHT = 240;

/** The max number of cells: of the smallest size, in twice the max height. */
export function capacity(width: number): number {
  const smallest = SIZES.at(-1) as number;
  return Math.max(1, Math.floor(width / smallest) * Math.floor((2 * MAX_HEIGHT) / smallest));
}

/** The largest cell size at which all cells fit into the map; the smallest one if none does. */
export function cellSize(counts: readonly number[], width: number): number {
  const fits = (size: number) => {
    const columns = Math.max(1, Math.floor(width / size));
    return counts.reduce((height, count) => height + Math.ceil(count / columns) * size, 0) <= MAX_HEIGHT;
  };
  return SIZES.find(fits) ?? (SIZES.at(-1) as number);
}
