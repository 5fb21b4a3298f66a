import type { Metadata } from "next";
import { z } from "zod";
import { getHandle } from "../../server/handle.ts";
import { deadLettersQuery, type RedriveInfo } from "../../server/protocol/mail.ts";
import { DeadLetters } from "./dead-letters.tsx";

export const metadata: Metadata = { title: "Dead letters" };

/** What the address may say of the list, and the job that it shows; what it says wrongly is taken as not said. */
const inAddress = deadLettersQuery.pick({ type: true, fingerprint: true, cursor: true });
const jobInAddress = z.object({ job: z.uuid() });

type Params = Promise<Record<string, string | string[] | undefined>>;

export default async function DeadLettersPage({ searchParams }: { searchParams: Params }) {
  const handle = getHandle();
  const params = await searchParams;
  const query = inAddress.safeParse(params).data ?? {};
  // First, so that whatever changes from here on is told as a change.
  const { dead } = handle.mailCounts();
  const [result, job] = await Promise.all([
    handle.deadLetters(deadLettersQuery.parse(query)),
    jobOf(jobInAddress.safeParse(params).data?.job),
  ]);
  const types = handle.types().map(({ type }) => type);
  return <DeadLetters query={query} result={result} dead={dead} loadedAt={Date.now()} types={types} job={job} />;
}

/** Null where it could not be read: the browser reads it again. */
async function jobOf(id: string | undefined): Promise<RedriveInfo | null> {
  if (id === undefined) return null;
  const result = await getHandle().redrive(id);
  return result.ok ? result.value : null;
}
