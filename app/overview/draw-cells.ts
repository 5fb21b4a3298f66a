import type { Lifecycle } from "../../server/protocol/actors.ts";
import { lifecycleLetters } from "../../server/protocol/overview.ts";
import { lifecycles } from "../components/facts/lifecycle.tsx";

/** The theme's custom property for each lifecycle's colour. */
const properties: Record<Lifecycle, string> = {
  passivated: "--slate",
  activating: "--blue",
  recovering: "--violet",
  active: "--emerald",
  processing: "--sky",
  waiting: "--amber",
  failed: "--red",
  fenced: "--fuchsia",
};

/** The colours of the theme, by the letters of cells. */
export function coloursOf(): Map<string, string> {
  const theme = getComputedStyle(document.documentElement);
  return new Map(lifecycles.map((one) => [lifecycleLetters[one], theme.getPropertyValue(properties[one]).trim()]));
}

/** Draws all cells, one colour after the other for speed. The cells in `worked` are drawn as processing. */
export function drawCells(
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
