import { pruneOld } from "./history/retention.ts";
import { keepLease } from "./leadership/lease.ts";
import { PRUNE_MS, RETENTION_MS, SWEEP_MS } from "./shared/limits.ts";
import type { makeNode } from "./wiring.ts";

/**
 * Starts a node's periodic work, and the work that was left at its start. Returns the functions that stop it. `lost` is
 * called when another node has the right to write.
 */
export function startBackground(node: ReturnType<typeof makeNode>, lost: (error: Error) => void): (() => void)[] {
  const { store, clock, log, limits, claim, events, metrics, registry, mailboxCounts } = node;
  const { dispatcher, reminders, redrives, retention } = node;
  void dispatcher.sweep();
  void redrives.run();
  void retention.sweep();
  return [
    keepLease({ store, clock, log, claim, lost, health: (error) => metrics.database(error) }),
    clock.every(limits.inactivityCheckMs, () => {
      registry.passivateIdle(({ definition }) => limits.passivateAfterMs ?? definition.passivateAfterMs);
    }),
    clock.every(PRUNE_MS, () => void pruneOld(node)),
    clock.every(RETENTION_MS, () => void retention.sweep()),
    clock.every(SWEEP_MS, () => void dispatcher.sweep()),
    clock.every(SWEEP_MS, () => void mailboxCounts.review()),
    events.listen((event) => {
      if (event.kind !== "committed") return;
      metrics.committed(event);
      mailboxCounts.committed(event.mail);
      if (event.reminders !== null) reminders.set(event.reminders);
    }),
    () => reminders.close(),
  ];
}
