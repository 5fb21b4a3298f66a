import { Pill } from "../components/controls/pill.tsx";
import { formatCount } from "../words/format.ts";

/** That there are other dead letters than are shown, and how to see them. */
export function Changed({ dead, onReload }: { dead: number; onReload: () => void }) {
  return <Pill onClick={onReload}>↻ {formatCount(dead, "dead letter")} now</Pill>;
}
