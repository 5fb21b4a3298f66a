import Link from "next/link";
import type { Sender } from "../../../server/protocol/journal.ts";
import { decodeKeyText } from "../../../server/protocol/key-text.ts";
import { cutMiddle } from "../../words/format.ts";
import { MessageId } from "./message-id.tsx";

/** What sent a message: a client, another actor, a reminder of the actor itself, or a person who sent one once more. */
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
        a person, as <MessageId value={sender.resends} max={16} /> once more
      </span>
    );
  }
  return <ActorLink type={sender.type} keyText={sender.key} />;
}

/** What sent a message, where nothing can be asked of it: as `SenderName`, and leading nowhere. */
export function SenderWords({ sender }: { sender: Sender | null }) {
  if (sender === null || "reminder" in sender) return <SenderName sender={sender} />;
  if ("resends" in sender) {
    return (
      <span className="text-dim">
        a person, as <span className="mono text-ink">{cutMiddle(sender.resends, 16)}</span> once more
      </span>
    );
  }
  return (
    <span className="mono break-all">
      {sender.type} {cutMiddle(sender.key, 56)}
    </span>
  );
}

/** An actor by its type and key, which leads to its page. */
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
