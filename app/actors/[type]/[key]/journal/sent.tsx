import type { TurnEntry } from "../../../../../server/protocol/journal.ts";
import { Fact } from "../../../../components/controls/controls.tsx";
import { ActorLink } from "../../../../components/facts/sender.tsx";
import { At } from "../../../../components/facts/time.tsx";
import { JsonValue } from "../../../../tree/json-tree.tsx";

const MAX_LISTED = 50;

/** The messages that a turn sends and the reminders that it sets, marked if they were not really sent. */
export function Sent({ turn: { sends = [], reminders = [], unsent = false } }: { turn: TurnEntry }) {
  const more = Math.max(0, sends.length - MAX_LISTED);
  return (
    <>
      {sends.length > 0 && (
        <Fact name="Sends">
          <NotSent shown={unsent} what="sent" />
          <ul aria-label="Sends" className="flex flex-col gap-1.5">
            {sends.slice(0, MAX_LISTED).map(({ messageId, type, key, command, payload }) => (
              <li key={messageId} className="min-w-0">
                <span className="mono">{command}</span> to <ActorLink type={type} keyText={key} />{" "}
                <JsonValue label={`Payload of ${command}`} value={payload} />
              </li>
            ))}
          </ul>
          {more > 0 && <p className="text-dim">and {more} more</p>}
        </Fact>
      )}
      {reminders.length > 0 && (
        <Fact name="Reminders">
          <NotSent shown={unsent} what="set" />
          <ul aria-label="Reminders" className="flex flex-col gap-1.5">
            {reminders.slice(0, MAX_LISTED).map(({ name, set }) => (
              <li key={name} className="min-w-0">
                <span className="mono">{name}</span>{" "}
                {set === null ? (
                  <span className="text-dim">cancelled</span>
                ) : (
                  <>
                    <span className="mono">{set.command}</span> <At at={set.at} />
                  </>
                )}
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </>
  );
}

function NotSent({ shown, what }: { shown: boolean; what: string }) {
  return shown && <p className="pb-1 text-amber">⊘ not {what}: this turn comes from a what-if</p>;
}
