import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { getHandle } from "../../../server/handle/handle.ts";
import { deadLettersQuery, type RedriveInfo } from "../../../server/protocol/mail.ts";
import { DeadLetters } from "./dead-letters.tsx";

export const metadata: Metadata = { title: "Dead letters" };

/** The fingerprint of a group, or all. */
const groupInPath = z.union([z.literal("all").transform(() => undefined), z.string().regex(/^[0-9a-f]{16}$/)]);
/** The list's parameters in the address. Invalid ones are ignored. */
const inAddress = deadLettersQuery.pick({ type: true, cursor: true });
const jobInAddress = z.object({ job: z.uuid() });

interface Props {
  params: Promise<{ group: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The dead letters of one group, or all, and the open redrive job. */
export default async function LettersPage({ params, searchParams }: Props) {
  const handle = getHandle();
  const group = groupInPath.safeParse((await params).group);
  if (!group.success) notFound();
  const parameters = await searchParams;
  const query = { ...inAddress.safeParse(parameters).data, fingerprint: group.data };
  // Read first, so that later changes are noticed.
  const { dead } = handle.mailCounts();
  const [result, job] = await Promise.all([
    handle.deadLetters(deadLettersQuery.parse(query)),
    jobOf(jobInAddress.safeParse(parameters).data?.job),
  ]);
  const types = handle.types().map(({ type }) => type);
  return <DeadLetters query={query} result={result} dead={dead} loadedAt={Date.now()} types={types} job={job} />;
}

/** Null if it cannot be read: the browser reads it again. */
async function jobOf(id: string | undefined): Promise<RedriveInfo | null> {
  if (id === undefined) return null;
  const result = await getHandle().redrive(id);
  return result.ok ? result.value : null;
}
