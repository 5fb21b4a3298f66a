import type { Metadata } from "next";
import { getHandle } from "../../../../server/handle/handle.ts";
import type { ActorDetail, TypeInfo } from "../../../../server/protocol/actors.ts";
import { MAX_STREAMED_STATE } from "../../../../server/protocol/bounds.ts";
import type { Result } from "../../../../server/protocol/errors.ts";
import type { CheckpointInfo } from "../../../../server/protocol/journal.ts";
import { ActorView } from "./actor-view.tsx";
import { type Addressed, addressed } from "./addressed.ts";

type Props = { params: Addressed };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { info, segments } = await addressed(params);
  return { title: `${segments.join(" / ")} · ${info.type}` };
}

/** One actor, read from the store without waking it. An actor that was never used has a page too. */
export default async function ActorPage({ params }: Props) {
  const { info, segments, keyText } = await addressed(params);
  const handle = getHandle();
  const address = { type: info.type, keyText };
  const [result, checkpoints, mailbox, reminders] = await Promise.all([
    handle.actor(address),
    checkpointsOf(info, keyText),
    handle.mailbox(address, { cursor: 0, limit: 1 }),
    handle.reminders(address),
  ]);
  return (
    <ActorView
      info={info}
      segments={segments}
      keyText={keyText}
      result={withoutLargeState(result)}
      checkpoints={checkpoints}
      mailbox={mailbox.ok ? mailbox.value : null}
      reminders={reminders.ok ? reminders.value : null}
      allowsChaos={handle.allowsChaos()}
    />
  );
}

/** Empty if they cannot be read: the browser reads them again and reports a failure. */
async function checkpointsOf({ type, history }: TypeInfo, keyText: string): Promise<CheckpointInfo[]> {
  if (!history) return [];
  const result = await getHandle().checkpoints({ type, keyText });
  return result.ok ? result.value : [];
}

/** A large state would be in the page twice, in its HTML and in its data. The browser fetches it instead. */
function withoutLargeState(result: Result<ActorDetail>): Result<ActorDetail | null> {
  if (!result.ok) return result.error.code === "not_found" ? { ok: true, value: null } : result;
  const { value } = result;
  return { ok: true, value: value.stateBytes > MAX_STREAMED_STATE ? { ...value, state: null } : value };
}
