import type { ReminderInfo } from "../../../../../server/protocol/mail.ts";
import { Disclosure, Fact, Facts } from "../../../../components/controls/controls.tsx";
import { Empty, RowsPanel } from "../../../../components/controls/states.tsx";
import { At } from "../../../../components/facts/time.tsx";
import { type ActorAddress, pathOf } from "../../../../read/read.ts";
import { useReading } from "../../../../read/use-reading.ts";
import { JsonValue } from "../../../../tree/json-tree.tsx";
import { formatCount, formatDuration, formatUntil } from "../../../../words/format.ts";
import { useNow } from "../../../../words/time.tsx";

/** An actor's reminders, next first; read again for each `version`. */
export function RemindersPanel({
  address,
  version,
  first,
}: {
  address: ActorAddress;
  version: string;
  first: readonly ReminderInfo[] | null;
}) {
  const path = pathOf(address, "reminders");
  const { value, problem } = useReading(path, version, first === null ? null : { path, value: { items: first } });
  const items = value?.items ?? [];
  return (
    <RowsPanel
      title="Reminders"
      note={items.length === 0 ? null : `${formatCount(items.length, "reminder")}, next first`}
      problem={problem}
      isRead={value !== null}
      empty={<Empty title="No reminders.">Handlers set them with c.remind. A due reminder arrives as a message.</Empty>}
      rows={items.map((reminder) => (
        <li key={reminder.name}>
          <Row reminder={reminder} />
        </li>
      ))}
    />
  );
}

function Row({ reminder: { name, at, every, command, payload } }: { reminder: ReminderInfo }) {
  const now = useNow();
  const repeats = every === null ? "once" : `every ${formatDuration(every)}`;
  return (
    <Disclosure
      summary={
        <span className="grid min-w-0 flex-1 items-baseline gap-x-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_120px_96px]">
          <span className="mono min-w-0 truncate font-medium" title={name}>
            {name}
          </span>
          <span className="mono min-w-0 truncate">{command}</span>
          <span className="text-amber">◷ {formatUntil(Date.parse(at), now)}</span>
          <span className="text-dim">{repeats}</span>
        </span>
      }
    >
      <Facts>
        <Fact name="Due">
          <At at={at} />
        </Fact>
        <Fact name="Repeats">{repeats}</Fact>
        <Fact name="Payload">
          <JsonValue label={`Payload of ${name}`} value={payload} />
        </Fact>
      </Facts>
    </Disclosure>
  );
}
