import Link from "next/link";
import type { MessageDetail } from "../../../server/protocol/messages.ts";
import { Fact, Facts } from "../../components/controls/controls.tsx";
import { kindName } from "../../components/facts/event-kind.tsx";
import { ErrorText, MessageFacts } from "../../components/facts/message-facts.tsx";
import { EditAndResend } from "../../components/facts/resend.tsx";
import { At } from "../../components/facts/time.tsx";
import { JsonValue } from "../../tree/json-tree.tsx";
import { formatNumber } from "../../words/format.ts";

/** A message's payload, its attempts and their outcome. */
export function Envelope({ message }: { message: MessageDetail }) {
  const { messageId, actor, command, payload, attempts, nextAt, error, fingerprint, reply, steps, changed } = message;
  return (
    <section aria-label="Envelope" className="panel min-w-0">
      <Facts>
        <MessageFacts message={message} />
        {message.cause !== null && (
          <Fact name="Cause">
            <Link href={`/messages/${message.cause}`} className={linkClass}>
              the message that caused it
            </Link>
          </Fact>
        )}
        <Fact name="Failed attempts">
          <span className="mono">{formatNumber(attempts)}</span>
          {nextAt !== null && (
            <span className="text-dim">
              , next <At at={nextAt} />
            </span>
          )}
        </Fact>
        {actor !== null && steps.length > 0 && (
          <Fact name="Entries">
            <ol className="flex flex-wrap gap-x-3">
              {steps.map(({ seq, kind, isError }) => (
                <li key={seq}>
                  <Link
                    href={`/actors/${actor.type}/${actor.keyText}?tab=journal&seq=${seq}`}
                    className={`mono ${linkClass} ${isError ? "text-red" : ""}`}
                  >
                    {formatNumber(seq)} {kindName(kind)}
                  </Link>
                </li>
              ))}
            </ol>
          </Fact>
        )}
        {changed !== null && (
          <Fact name="Changed">
            revision <span className="mono">{formatNumber(changed.revision)}</span>, <At at={changed.at} />
          </Fact>
        )}
        {reply !== undefined && (
          <Fact name="Reply">
            <JsonValue label="Reply" value={reply} />
          </Fact>
        )}
        {error !== null && (
          <Fact name="Last error">
            <ErrorText error={error} />
          </Fact>
        )}
        {fingerprint !== null && (
          <Fact name="Dead letter">
            <Link href={`/dead-letters/${fingerprint}`} className={linkClass}>
              in its error group
            </Link>
          </Fact>
        )}
      </Facts>
      {actor !== null && command !== null && payload !== undefined && (
        <div className="flex justify-end border-t border-line p-1.5">
          <EditAndResend address={actor} message={{ id: messageId, command, payload }} />
        </div>
      )}
    </section>
  );
}

const linkClass = "rounded underline decoration-line-strong underline-offset-2 hover:decoration-current";
