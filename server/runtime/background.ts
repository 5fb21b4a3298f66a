import { pruneOld } from "./history/retention.ts";
import { keepLease } from "./leadership/lease.ts";
import { PRUNE_MS, RETENTION_MS, SWEEP_MS } from "./shared/limits.ts";
import type { makeParts } from "./wiring.ts";

/** What a node is made of. */
type Parts = ReturnType<typeof makeParts>;

/**
 * Begins what a node does by itself, again and again, and what is left to do at its start; returns what ends each.
 * `lost` is told when the right to write is gone.
 */
export function startUpkeep(parts: Parts, lost: (error: Error) => void): (() => void)[] {
  const { store, clock, log, limits, claim, events, metrics, registry, mailboxCounts } = parts;
  const { dispatcher, reminders, redrives, retention } = parts;
  void dispatcher.sweep();
  void redrives.run();
  void retention.sweep();
  return [
    keepLease({ store, clock, log, claim, lost, health: (error) => metrics.database(error) }),
    clock.every(limits.inactivityCheckMs, () => {
      registry.passivateIdle(({ definition }) => limits.passivateAfterMs ?? definition.passivateAfterMs);
    }),
    clock.every(PRUNE_MS, () => void pruneOld(parts)),
    clock.every(RETENTION_MS, () => void retention.sweep()),
    clock.every(SWEEP_MS, () => void dispatcher.sweep()),
    clock.every(SWEEP_MS, () => void mailboxCounts.review()),
    events.listen((event) => {
      if (event.kind !== "committed") return;
      mailboxCounts.committed(event.mail);
      if (event.reminders !== null) reminders.set(event.reminders);
    }),
    () => reminders.close(),
  ];
}
