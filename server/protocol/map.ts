import type { Lifecycle } from "./actors.ts";

/** The letter of each lifecycle in a map. */
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

/** The actors of one type, in order of creation. */
export interface MapGroup {
  type: string;
  /** Their keys in text form. If the keys are very long, only the first ones are included; the rest are null. */
  keys: (string | null)[];
  /** One letter per actor. */
  cells: string;
}

/** The lifecycles of all actors, or the changes since the previous frame, by type. */
export interface MapFrame {
  /** The full map, to be applied before the other members; null if there are more than `MAX_CELLS` actors. */
  groups?: MapGroup[] | null;
  /** New actors, at the end of their type: key and letter. */
  added: Record<string, [string, string][]>;
  /** Changed cells: index and letter. */
  changes: Record<string, [number, string][]>;
  /** Cells of actors that committed since the previous frame. */
  worked: Record<string, number[]>;
}
