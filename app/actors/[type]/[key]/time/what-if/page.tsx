import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { type Addressed, addressed } from "../../addressed.ts";
import { WhatIfView } from "./what-if-view.tsx";

type Props = { params: Addressed };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { info, segments } = await addressed(params);
  return { title: `What-if · ${segments.join(" / ")} · ${info.type}` };
}

/** A what-if of an actor, run in memory. Does not wake the actor. */
export default async function WhatIfPage({ params }: Props) {
  const { info, segments, keyText } = await addressed(params);
  if (!info.history) notFound();
  return <WhatIfView info={info} segments={segments} keyText={keyText} />;
}
