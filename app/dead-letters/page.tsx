import type { Metadata } from "next";
import { getHandle } from "../../server/handle/handle.ts";
import { Groups } from "./groups.tsx";

export const metadata: Metadata = { title: "Dead letters" };

/** Dead letters by their cause, and the jobs that put them back. */
export default async function DeadLettersPage() {
  const handle = getHandle();
  // First, so that whatever changes from here on is told as a change.
  const { dead } = handle.mailCounts();
  const [groups, jobs] = await Promise.all([handle.deadLetterGroups(), handle.redrives()]);
  return <Groups result={groups} jobs={jobs.ok ? jobs.value : []} dead={dead} loadedAt={Date.now()} />;
}
