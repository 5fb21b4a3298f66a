import Link from "next/link";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { ActorEntry } from "../../actors/[type]/[key]/journal/entry-detail.tsx";
import { CloseButton } from "../../components/controls/controls.tsx";
import { Empty } from "../../components/controls/states.tsx";
import { buttonClass } from "../../components/controls/styles.ts";
import { SenderName } from "../../components/facts/sender.tsx";
import type { Arrow, Lane, Sequence } from "./sequence.ts";

/** Both ends of a message: the entry of the turn that sent it, and that of the turn that processed it. */
export function BothEntries({
  arrow: { message, from, to, sentBy, steps },
  sequence: { lanes },
  onClose,
}: {
  arrow: Arrow;
  sequence: Sequence;
  onClose: () => void;
}) {
  const received = steps.at(-1)?.step.seq ?? null;
  return (
    <section aria-label={`Both ends of ${message.command ?? "the message"}`} className="flex flex-col gap-2">
      <div className="flex items-center gap-3">
        <h2 className="mono font-medium">{message.command ?? "?"}</h2>
        <Link
          href={`/messages/${message.messageId}`}
          className="rounded text-dim underline decoration-line-strong underline-offset-2 hover:text-ink"
        >
          Open message
        </Link>
        <CloseButton label="Close both entries" onClick={onClose} className="ml-auto" />
      </div>
      <div className="grid gap-3 lg:grid-cols-2">
        <End title="Sent by" lane={lanes[from]} seq={sentBy} key={`from ${sentBy}`}>
          {message.cause === null ? (
            <>
              Sent by <SenderName sender={message.sender} />.
            </>
          ) : (
            "The sender has no journal, or this part was deleted."
          )}
        </End>
        <End title="Processed by" lane={lanes[to]} seq={received} key={`to ${received}`}>
          {message.status === "waiting"
            ? "Waiting in the mailbox."
            : "The receiver has no journal, or this part was deleted."}
        </End>
      </div>
    </section>
  );
}

/** One end: the entry, or why it is absent. */
function End({
  title,
  lane,
  seq,
  children,
}: {
  title: string;
  lane: Lane | undefined;
  seq: number | null;
  children: ReactNode;
}) {
  const router = useRouter();
  const actor = lane?.actor ?? null;
  const open = (chosen: number | null) => {
    if (actor !== null) router.push(`/actors/${actor.type}/${actor.keyText}?tab=journal&seq=${chosen ?? seq}`);
  };
  return (
    <section aria-label={title} className="panel min-w-0">
      <p className="flex min-h-9 flex-wrap items-center gap-x-2 px-3 py-1.5">
        <span className="text-dim">{title}</span>
        {actor !== null && (
          <span className="mono">
            {actor.type} {actor.key.join(" / ")}
          </span>
        )}
        {actor !== null && seq !== null && (
          <button type="button" onClick={() => open(seq)} className={`${buttonClass("quiet")} ml-auto`}>
            Open in journal
          </button>
        )}
      </p>
      {actor === null || seq === null ? (
        <Empty title="No entry.">{children}</Empty>
      ) : (
        <ActorEntry address={actor} seq={seq} known={undefined} head={seq} onOpen={open} />
      )}
    </section>
  );
}
