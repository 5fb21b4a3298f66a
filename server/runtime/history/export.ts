import { createHash } from "node:crypto";
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
import type { Store } from "../ports/store.ts";
import { Past, type PastStore, type RecordedActor } from "./past.ts";

/**
 * Exports an actor's history as the text of a file, in chunks; `history-file.ts` describes the format. `now` is in
 * milliseconds since 1970. The range is fixed at the start and entries never change, so the file is consistent without a
 * long transaction. If entries are pruned meanwhile, the export fails.
 * @throws GreenroomError `not_found` when entries of the range are missing, `payload_too_large` when there are too many
 */
export async function* exportHistory(
  store: PastStore & Pick<Store, "lineage">,
  actor: RecordedActor,
  range: ExportRange,
  now: number,
): AsyncGenerator<string> {
  const past = new Past(store);
  const header = await headerOf(store, past, actor, range, now);
  const sum = createHash("sha256");
  const summed = (text: string) => {
    sum.update(text);
    return text;
  };
  yield summed(lineOf(header));
  for await (const entries of past.entries(actor.id, header.from, header.to)) {
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
  { id, keyText, type }: RecordedActor,
  range: ExportRange,
  now: number,
): Promise<HistoryHeader> {
  const { begins, head } = await past.range(id);
  const { from = begins, to = head } = range;
  if (head === 0) throw new GreenroomError("not_found", `${type.type} ${keyText} has no entries yet.`);
  if (from < begins || to > head) {
    throw new GreenroomError("not_found", `The journal has entries ${begins} to ${head}; choose a range within these.`);
  }
  if (to - from >= MAX_EXPORTED) {
    const text = `A file has at most ${MAX_EXPORTED} entries, and these are ${to - from + 1}: set from and to.`;
    throw new GreenroomError("payload_too_large", text);
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
