import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getHandle } from "../../../../../server/handle/handle.ts";
import { MAX_STREAMED_STATE } from "../../../../../server/protocol/bounds.ts";
import { type Addressed, addressed } from "../addressed.ts";
import { TimeView } from "./time-view.tsx";

type Props = { params: Addressed };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { info, segments } = await addressed(params);
  return { title: `Time travel · ${segments.join(" / ")} · ${info.type}` };
}

/** Time travel through a journal or a history. Does not wake the actor. */
export default async function TimePage({ params }: Props) {
  const { info, segments, keyText } = await addressed(params);
  if (!info.history) notFound();
  const result = await getHandle().actor({ type: info.type, keyText });
  const actor = result.ok ? result.value : null;
  return (
    <TimeView
      type={info.type}
      names={info.key}
      segments={segments}
      keyText={keyText}
      retention={info.retention}
      first={actor !== null && actor.stateBytes > MAX_STREAMED_STATE ? { ...actor, state: null } : actor}
      problem={result.ok ? null : result.error.message}
    />
  );
}
