import type { ActorType } from "../../core/define/define.ts";
import { GreenroomError } from "../../core/errors.ts";
import type { Divergence, DivergenceKind } from "../../protocol/replay.ts";
import { Past } from "../../runtime/history/past.ts";
import { replayEntries } from "../../runtime/history/replay.ts";
import { inPlace } from "../../runtime/history/sandbox.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import type { SnapshotReader } from "../../runtime/ports/past.ts";
import type { Store } from "../../runtime/ports/store.ts";
import { type Options, UsageError } from "./options.ts";

/** The most divergences that are kept with both values; beyond them they are counted. */
const MAX_SHOWN = 20;
/** Times of activity are written once a minute: who was active a little before may have been since. In milliseconds. */
const ACTIVITY_LATE = 120_000;

/** What came of a replay. */
export interface Report {
  actors: number;
  turns: number;
  /** Divergences by kind, and the first of them with both values. */
  kinds: Map<DivergenceKind, number>;
  shown: (Divergence & { keyText: string })[];
  /** Actors that diverged. */
  diverged: number;
}

/**
 * Replays actors of a type as the store has them at one moment.
 * @throws UsageError when there is no such type or actor, or the type has no history
 */
export function replay(store: Store, types: readonly ActorType[], options: Options): Promise<Report> {
  const type = types.find((known) => known.type === options.type);
  if (type?.history !== true) {
    const known = types.filter(({ history }) => history).map(({ type }) => type);
    throw new UsageError(`"${options.type}" is no type that has a history; these are: ${known.join(", ")}.`);
  }
  return store.snapshot(async (reader) => {
    const report: Report = { actors: 0, turns: 0, kinds: new Map(), shown: [], diverged: 0 };
    for (const actor of await chosen(reader, options)) await replayOne(reader, type, actor, options.since, report);
    return report;
  });
}

async function chosen(
  reader: SnapshotReader,
  { type, actor, sample, since }: Options,
): Promise<{ id: ActorId; keyText: string }[]> {
  if (actor === undefined) return reader.sample(type, (since ?? 0) - ACTIVITY_LATE, sample);
  const id = await reader.idOf({ type, keyText: actor });
  if (id === null) throw new UsageError(`${type} ${actor} has never been used.`);
  return [{ id, keyText: actor }];
}

async function replayOne(
  reader: SnapshotReader,
  type: ActorType,
  actor: { id: ActorId; keyText: string },
  since: number | undefined,
  report: Report,
): Promise<void> {
  const from = since === undefined ? undefined : await firstSince(reader, actor.id, since);
  const parts = { store: reader, sandbox: inPlace([type]) };
  report.actors += 1;
  let diverged = 0;
  for await (const { turns, divergences } of replayEntries(parts, { ...actor, type }, { from })) {
    report.turns += turns;
    diverged += divergences.length;
    for (const found of divergences) {
      report.kinds.set(found.kind, (report.kinds.get(found.kind) ?? 0) + 1);
      if (report.shown.length < MAX_SHOWN) report.shown.push({ ...found, keyText: actor.keyText });
    }
  }
  if (diverged > 0) report.diverged += 1;
}

/** The first entry committed at a time or after it; where the journal begins later, its first. */
async function firstSince(reader: SnapshotReader, id: ActorId, since: number): Promise<number> {
  try {
    return (await new Past(reader).seqAt(id, since - 1)) + 1;
  } catch (error) {
    if (error instanceof GreenroomError && error.code === "not_found") return 1;
    throw error;
  }
}
