import type { Json } from "../../server/protocol/json.ts";
import { type Change, diff } from "./diff.ts";

/** What the worker is asked, and what it answers: the first changes, and how many there are. */
export interface DiffQuestion {
  was: Json;
  is: Json;
}
export interface DiffAnswer {
  changes: Change[];
  total: number;
}

/** The most changes that are told. */
const MAX_CHANGES = 150;

self.onmessage = ({ data: { was, is } }: MessageEvent<DiffQuestion>) => {
  const changes = diff(was, is);
  self.postMessage({ changes: changes.slice(0, MAX_CHANGES), total: changes.length } satisfies DiffAnswer);
};
