import type { ActorType } from "../../core/define/define.ts";
import { GreenroomError } from "../../core/errors.ts";
import type { Json } from "../../protocol/journal.ts";
import type { Divergence, DivergenceKind } from "../../protocol/what-if.ts";
import { Past } from "../../runtime/history/past.ts";
import { replayEntries } from "../../runtime/history/replay.ts";
import { inPlace } from "../../runtime/history/sandbox.ts";
import type { ActorId } from "../../runtime/ports/ids.ts";
import type { SnapshotReader } from "../../runtime/ports/past.ts";
import type { Store } from "../../runtime/ports/store.ts";
import { UsageError } from "../command-line.ts";
import { formatCount } from "../format.ts";
import type { Options } from "./options.ts";

/** The maximum number of divergences reported with both values. Others are only counted. */
const MAX_SHOWN = 20;
/** How far an actor's recorded activity may lag behind, in milliseconds: it is written once a minute. */
const ACTIVITY_LAG = 120_000;
/** The maximum number of characters of a value in the report. */
const MAX_TEXT = 200;

/** The result of a replay. */
export interface Report {
  actors: number;
  turns: number;
  /** The number of divergences by kind. */
  kinds: Map<DivergenceKind, number>;
  /** The first divergences. */
  shown: (Divergence & { keyText: string })[];
  /** How many actors diverged. */
  diverged: number;
}

/**
 * Replays actors of a type from a snapshot of the store.
 * @throws UsageError when the type or actor does not exist, or the type has no history
 */
export function replay(store: Store, types: readonly ActorType[], options: Options): Promise<Report> {
  const type = types.find((known) => known.type === options.type);
  if (type?.history !== true) {
    const known = types.filter(({ history }) => history).map(({ type }) => type);
    throw new UsageError(`No type "${options.type}" has a history. Types with a history: ${known.join(", ")}.`);
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
  if (actor === undefined) return reader.sample(type, (since ?? 0) - ACTIVITY_LAG, sample);
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

/** The first entry committed at or after a time. */
async function firstSince(reader: SnapshotReader, id: ActorId, since: number): Promise<number> {
  try {
    return (await new Past(reader).seqAt(id, since - 1)) + 1;
  } catch (error) {
    if (error instanceof GreenroomError && error.code === "not_found") return 1;
    throw error;
  }
}

/** The report as text: a summary line, then the first divergences with both values. */
export function reportText(type: string, { actors, turns, kinds, shown, diverged }: Report): string {
  const what = `${formatCount(actors, "actor")} of the type ${type}, ${formatCount(turns, "turn")}`;
  if (kinds.size === 0) return `${what}: the current code reproduces this history.`;
  const total = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  const byKind = [...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ");
  const lines = shown.flatMap(({ keyText, seq, kind, recorded, actual }) => [
    `  ${type} ${keyText}, seq ${seq}: ${kind}`,
    `    recorded  ${cut(recorded)}`,
    `    now       ${cut(actual)}`,
  ]);
  const rest = total - shown.length;
  return [
    `${what}: ${formatCount(total, "divergence")} in ${formatCount(diverged, "actor")} (${byKind}).`,
    ...lines,
    ...(rest > 0 ? [`  and ${formatCount(rest, "divergence")} more`] : []),
  ].join("\n");
}

function cut(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
