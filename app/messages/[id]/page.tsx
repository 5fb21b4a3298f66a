import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { getHandle } from "../../../server/handle/handle.ts";
import { Empty } from "../../components/controls/states.tsx";
import { MessageView } from "./message-view.tsx";

type Props = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Message ${(await params).id.slice(0, 8)}` };
}

/** One message, wherever it is, with what led to it and what it led to. To look at it wakes nobody. */
export default async function MessagePage({ params }: Props) {
  const id = z.uuid().safeParse((await params).id);
  if (!id.success) notFound();
  const messageId = id.data.toLowerCase();
  const result = await getHandle().message(messageId);
  if (!result.ok && result.error.code === "not_found") {
    return (
      <>
        <h1 className="mono text-lead break-all">Message {messageId}</h1>
        <Empty title="Nothing that is kept tells of this message.">
          A query, a refusal and a command that changed nothing leave no record. A message that an actor sent is
          followed for a week, as long as replies are kept; its entry stays in the journal of its receiver.
        </Empty>
      </>
    );
  }
  return <MessageView key={messageId} messageId={messageId} result={result} />;
}
