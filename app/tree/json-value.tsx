import type { Json } from "../../server/protocol/json.ts";
import { JsonTree } from "./json-tree.tsx";
import { isShort, marksOf, preview } from "./tree.ts";

/** The most characters of a text that are shown. */
const MAX_TEXT = 2000;

const noMarks = marksOf([]);

/** A value: on one line if it is short, else as a tree. `label` names it for who cannot see it. */
export function JsonValue({ label, value }: { label: string; value: Json }) {
  if (isShort(value) || typeof value !== "object") {
    return <span className="mono break-words whitespace-pre-wrap">{preview(value, MAX_TEXT)}</span>;
  }
  return (
    <div className="min-w-0 rounded border border-line bg-canvas">
      <JsonTree label={label} value={value} marks={noMarks} flash={null} />
    </div>
  );
}
