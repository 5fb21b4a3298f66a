import { Pill } from "../components/pill.tsx";
import { formatCount } from "../lib/format.ts";

/** That there are other dead letters than are shown, and how to see them. */
export function Changed({ dead, onReload }: { dead: number; onReload: () => void }) {
  return <Pill onClick={onReload}>↻ {formatCount(dead, "dead letter")} now</Pill>;
}
