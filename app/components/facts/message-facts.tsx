import type { ReactNode } from "react";
import type { Json, RecordedError } from "../../../server/protocol/journal.ts";
import type { MailInfo } from "../../../server/protocol/mail.ts";
import { JsonValue } from "../../tree/json-tree.tsx";
import { Fact } from "../controls/controls.tsx";
import { Id } from "../controls/copy.tsx";
import { MessageId, SenderName, SenderWords } from "./sender.tsx";
import { Ago, At } from "./time.tsx";

/** The constant facts of a message. `leads` says whether its ids are links. */
export function MessageFacts({
  message: { messageId, command, sender, sentAt, idempotencyKey, payload },
  leads = true,
}: {
  message: Pick<MailInfo, "messageId" | "sender" | "sentAt" | "idempotencyKey"> & {
    command: string | null;
    payload?: Json;
  };
  leads?: boolean;
}) {
  return (
    <>
      <Fact name="Message">
        {command !== null && <span className="mono">{command} </span>}
        {leads ? <MessageId value={messageId} max={40} /> : <Id value={messageId} what="Message id" max={40} />}
      </Fact>
      <Fact name="Sent">
        <At at={sentAt} />, <Ago at={sentAt} />, by{" "}
        {leads ? <SenderName sender={sender} /> : <SenderWords sender={sender} />}
      </Fact>
      {idempotencyKey !== null && (
        <Fact name="Idempotency key">
          <Id value={idempotencyKey} what="Idempotency key" max={40} />
        </Fact>
      )}
      <Fact name="Payload">
        {payload === undefined ? (
          <span className="text-dim">not stored: the actor stores only its newest state</span>
        ) : (
          <JsonValue label="Payload" value={payload} />
        )}
      </Fact>
    </>
  );
}

/** A handler's error, `children`, and the stack. */
export function ErrorText({ error, children }: { error: RecordedError; children?: ReactNode }) {
  return (
    <>
      <p className="mono break-words text-red">
        {error.name}: {error.message}
      </p>
      {children}
      {error.stack !== "" && (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          className="mono mt-1 max-h-64 overflow-auto rounded border border-line bg-canvas p-2 text-dim"
        >
          {error.stack}
        </pre>
      )}
    </>
  );
}
