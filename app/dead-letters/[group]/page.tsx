import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { getHandle } from "../../../server/handle/handle.ts";
import { deadLettersQuery, type RedriveInfo } from "../../../server/protocol/mail.ts";
import { DeadLetters } from "./dead-letters.tsx";

export const metadata: Metadata = { title: "Dead letters" };

/** Letters of one cause by its fingerprint, or all of them. */
const groupInPath = z.union([z.literal("all").transform(() => undefined), z.string().regex(/^[0-9a-f]{16}$/)]);
/** What the address may say of the list, and the job that it shows; what it says wrongly is taken as not said. */
const inAddress = deadLettersQuery.pick({ type: true, cursor: true });
const jobInAddress = z.object({ job: z.uuid() });

interface Props {
  params: Promise<{ group: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Dead letters of one cause, or all, and the job that puts them back. */
export default async function LettersPage({ params, searchParams }: Props) {
  const handle = getHandle();
  const group = groupInPath.safeParse((await params).group);
  if (!group.success) notFound();
  const told = await searchParams;
  const query = { ...inAddress.safeParse(told).data, fingerprint: group.data };
  // First, so that whatever changes from here on is told as a change.
  const { dead } = handle.mailCounts();
  const [result, job] = await Promise.all([
    handle.deadLetters(deadLettersQuery.parse(query)),
    jobOf(jobInAddress.safeParse(told).data?.job),
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
