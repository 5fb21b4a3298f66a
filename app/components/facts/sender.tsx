"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { Sender } from "../../../server/protocol/journal.ts";
import { decodeKeyText } from "../../../server/protocol/key-text.ts";
import { cutMiddle } from "../../words/format.ts";
import { Id } from "../controls/copy.tsx";

/** The sender of a message: a client, another actor, a reminder of the actor itself, or a user who resent a message. */
export function SenderName({ sender }: { sender: Sender | null }) {
  if (sender === null) return <span className="text-dim">a client</span>;
  if ("reminder" in sender) {
    return (
      <span className="text-dim">
        reminder <span className="mono text-ink">{sender.reminder}</span>
      </span>
    );
  }
  if ("resends" in sender) {
    return (
      <span className="text-dim">
        a user, resending <MessageId value={sender.resends} max={16} />
      </span>
    );
  }
  return <ActorLink type={sender.type} keyText={sender.key} />;
}

/** `SenderName` without links, for messages of a file. */
export function SenderWords({ sender }: { sender: Sender | null }) {
  if (sender === null || "reminder" in sender) return <SenderName sender={sender} />;
  if ("resends" in sender) {
    return (
      <span className="text-dim">
        a user, resending <span className="mono text-ink">{cutMiddle(sender.resends, 16)}</span>
      </span>
    );
  }
  return (
    <span className="mono break-all">
      {sender.type} {cutMiddle(sender.key, 56)}
    </span>
  );
}

/** A link to an actor's page. */
export function ActorLink({ type, keyText }: { type: string; keyText: string }) {
  const segments = decodeKeyText(keyText) ?? [keyText];
  return (
    <Link
      href={`/actors/${type}/${keyText}`}
      prefetch={false}
      title={segments.join(" / ")}
      className="mono rounded break-all underline decoration-line-strong underline-offset-2 hover:decoration-current"
    >
      {type} {segments.map((segment) => cutMiddle(segment, 28)).join(" / ")}
    </Link>
  );
}

/** A message's id, copied on click, and a link to the message's page, except on that page. */
export function MessageId({ value, max = 24 }: { value: string; max?: number }) {
  const href = `/messages/${value}`;
  const isHere = usePathname() === href;
  return (
    <span className="inline-flex min-w-0 flex-wrap items-baseline gap-x-2">
      <Id value={value} what="Message id" max={max} />
      {!isHere && (
        <Link
          href={href}
          prefetch={false}
          aria-label={`Trace message ${value}`}
          className="rounded text-dim underline decoration-line-strong underline-offset-2 hover:text-ink hover:decoration-current"
        >
          trace
        </Link>
      )}
    </span>
  );
}
