import { expose } from "comlink";
import type { Json } from "../../server/protocol/journal.ts";
import { diff } from "./diff.ts";

/** The max number of changes that are sent to the page. */
const MAX_CHANGES = 150;

const calls = {
  /** The first changes, and the number of all. */
  diff(was: Json, is: Json) {
    const changes = diff(was, is);
    return { changes: changes.slice(0, MAX_CHANGES), total: changes.length };
  },
};

export type DiffCalls = typeof calls;

expose(calls);
