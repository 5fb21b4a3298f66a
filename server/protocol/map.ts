import type { Lifecycle } from "./actors.ts";

/** The most actors that a map has a cell for each of. It stands alone, so that a browser need not load the schemas. */
export const MAX_CELLS = 20_000;

/** How a map writes where actors are in their lives: a letter each. */
export const lifecycleLetters: Record<Lifecycle, string> = {
  passivated: "p",
  activating: "a",
  recovering: "r",
  active: "A",
  processing: "P",
  waiting: "w",
  failed: "f",
  fenced: "F",
};

/** The actors of one type, in the order in which they came to be. */
export interface MapGroup {
  type: string;
  /** Their keys in text form; of very long ones only the first are told, and the others are null. */
  keys: (string | null)[];
  /** A letter for each. */
  cells: string;
}

/** What is known of all actors' lives; or what became another one since the frame before, by type. */
export interface MapFrame {
  /** Everything anew, before what follows; null where there are more than `MAX_CELLS`. */
  groups?: MapGroup[] | null;
  /** Actors that came to be, at the end of their type: key and letter. */
  added: Record<string, [string, string][]>;
  /** Cells that became another one: index and letter. */
  changes: Record<string, [number, string][]>;
  /** Cells of actors that committed something. */
  worked: Record<string, number[]>;
}
