import type { Metadata } from "next";
import { getHandle } from "../../server/handle/handle.ts";
import { Groups } from "./groups.tsx";

export const metadata: Metadata = { title: "Dead letters" };

/** Dead letters by cause, and the redrive jobs. */
export default async function DeadLettersPage() {
  const handle = getHandle();
  // Read first, so that later changes are noticed.
  const { dead } = handle.mailCounts();
  const [groups, jobs] = await Promise.all([handle.deadLetterGroups(), handle.redrives()]);
  return <Groups result={groups} jobs={jobs.ok ? jobs.value : []} dead={dead} loadedAt={Date.now()} />;
}
