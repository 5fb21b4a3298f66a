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

/** One message with its causes and consequences. Wakes no actor. */
export default async function MessagePage({ params }: Props) {
  const id = z.uuid().safeParse((await params).id);
  if (!id.success) notFound();
  const messageId = id.data.toLowerCase();
  const result = await getHandle().message(messageId);
  if (!result.ok && result.error.code === "not_found") {
    return (
      <>
        <h1 className="mono text-lead break-all">Message {messageId}</h1>
        <Empty title="No record of this message.">
          Queries, refused messages and commands without changes are not recorded. Messages between actors can be traced
          for a week, as long as replies are stored. Their entries stay in the receiver’s journal.
        </Empty>
      </>
    );
  }
  return <MessageView key={messageId} messageId={messageId} result={result} />;
}
