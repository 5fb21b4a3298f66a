import type { MessageStatus } from "../../../server/protocol/messages.ts";

/** How each status of a message is drawn: a colour, a glyph and its word. */
const looks: Record<MessageStatus, { glyph: string; text: string }> = {
  waiting: { glyph: "◷", text: "text-amber" },
  "backing off": { glyph: "◷", text: "text-amber" },
  running: { glyph: "▶", text: "text-sky" },
  done: { glyph: "●", text: "text-emerald" },
  failed: { glyph: "✕", text: "text-red" },
  dead: { glyph: "✕", text: "text-red" },
  unrecorded: { glyph: "○", text: "text-slate" },
};

/** How far a message has come. */
export function MessageStatusBadge({ status }: { status: MessageStatus }) {
  const { glyph, text } = looks[status];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${text}`}>
      <span aria-hidden className="inline-block w-3 text-center font-mono text-code leading-none">
        {glyph}
      </span>
      {status === "dead" ? "dead letter" : status}
    </span>
  );
}
