import { createHash } from "node:crypto";
import type { ActorType } from "../../core/define/define.ts";
import { decodeKey } from "../../core/define/keys.ts";
import { GreenroomError } from "../../core/errors.ts";
import { isoTime } from "../../core/time.ts";
import { MAX_EXPORTED } from "../../protocol/bounds.ts";
import {
  type ExportRange,
  FORMAT,
  FORMAT_VERSION,
  type HistoryEnd,
  type HistoryHeader,
} from "../../protocol/history-file.ts";
import type { Entry } from "../../protocol/journal.ts";
import type { ActorId } from "../ports/ids.ts";
import type { Store } from "../ports/store.ts";
import { Past, type PastStore } from "./past.ts";

/** Whose history is exported, and when (milliseconds since 1970). */
export interface Exported {
  id: ActorId;
  keyText: string;
  type: ActorType;
  now: number;
}

/**
 * The text of a history's file, piece by piece, as `history-file.ts` says it. Where it ends is settled at the begin, and
 * entries never change: so it is what was committed at one moment, without a transaction that a slow reader would hold
 * open. What is pruned before it was read ends it with an error.
 * @throws GreenroomError `not_found` when entries of the range are not there, `payload_too_large` when they are too many
 */
export async function* exportHistory(
  store: PastStore & Pick<Store, "lineage">,
  exported: Exported,
  range: ExportRange,
): AsyncGenerator<string> {
  const past = new Past(store);
  const header = await headerOf(store, past, exported, range);
  const sum = createHash("sha256");
  const summed = (text: string) => {
    sum.update(text);
    return text;
  };
  yield summed(lineOf(header));
  for await (const entries of past.entries(exported.id, header.from, header.to)) {
    yield summed(entries.map(lineOf).join(""));
  }
  const end: HistoryEnd = { count: header.to - header.from + 1, sha256: sum.digest("hex") };
  yield lineOf(end);
}

function lineOf(value: HistoryHeader | Entry | HistoryEnd): string {
  return `${JSON.stringify(value)}\n`;
}

async function headerOf(
  store: Pick<Store, "lineage">,
  past: Past,
  { id, keyText, type, now }: Exported,
  range: ExportRange,
): Promise<HistoryHeader> {
  const { begins, head } = await past.range(id);
  const { from = begins, to = head } = range;
  if (head === 0) throw new GreenroomError("not_found", `${type.type} ${keyText} has no entry yet.`);
  if (from < begins || to > head) {
    throw new GreenroomError("not_found", `The journal has the entries ${begins} to ${head}; ask for some of these.`);
  }
  if (to - from >= MAX_EXPORTED) {
    const most = `A file has at most ${MAX_EXPORTED} entries, and these are ${to - from + 1}`;
    throw new GreenroomError("payload_too_large", `${most}: ask for a range of them by from and to.`);
  }
  const { parent } = await store.lineage(id, 0);
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    type: type.type,
    names: type.key,
    key: decodeKey(keyText),
    from,
    to,
    begins,
    head,
    stateVersion: type.version,
    code: type.code,
    exportedAt: isoTime(now),
    forkedFrom: parent === null ? null : { key: decodeKey(parent.keyText), seq: parent.seq },
    base: await past.headAt(id, from - 1),
  };
}
