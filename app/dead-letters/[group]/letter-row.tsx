import Link from "next/link";
import type { DeadLetterInfo } from "../../../server/protocol/mail.ts";
import { Button, Disclosure, Fact, Facts } from "../../components/controls/controls.tsx";
import { Id } from "../../components/controls/copy.tsx";
import { ErrorText, MessageFacts } from "../../components/facts/message-facts.tsx";
import { EditAndResend } from "../../components/facts/resend.tsx";
import { ActorLink } from "../../components/facts/sender.tsx";
import { Ago, At } from "../../components/facts/time.tsx";
import { cutMiddle, formatCount, formatNumber } from "../../words/format.ts";

/** One dead letter. It cannot be selected while it is being redriven. */
export function LetterRow({
  letter,
  isSelected,
  onSelect,
  onRedrive,
}: {
  letter: DeadLetterInfo;
  isSelected: boolean;
  onSelect: (isSelected: boolean) => void;
  onRedrive: () => void;
}) {
  const { messageId, command, payload, error, attempts, at, redrive } = letter;
  const name = `${letter.type} ${letter.key.join(" / ")}`;
  return (
    <li aria-label={`${command} for ${name}`} className="flex items-start">
      <label className="flex h-8 items-center pl-3 max-sm:pl-2">
        <input
          type="checkbox"
          aria-label={`Select ${command} for ${name}`}
          checked={isSelected}
          disabled={redrive !== null}
          onChange={(event) => onSelect(event.target.checked)}
          className="size-4 accent-ink"
        />
      </label>
      <Disclosure
        summary={
          <span className="grid min-w-0 flex-1 items-baseline gap-x-4 md:grid-cols-[minmax(0,1.2fr)_minmax(0,2fr)_88px_72px]">
            <span className="flex min-w-0 items-baseline gap-x-2">
              <span className="mono font-medium">{command}</span>
              <span className="mono truncate text-dim" title={name}>
                {letter.type} {letter.key.map((segment) => cutMiddle(segment, 28)).join(" / ")}
              </span>
            </span>
            <span className="mono truncate text-red" title={error.message}>
              ✕ {error.name}: {error.message}
            </span>
            <span className="text-right whitespace-nowrap text-dim max-md:hidden">
              {redrive === null ? formatCount(attempts, "attempt") : <span className="text-sky">▶ redriving</span>}
            </span>
            <span className="text-right text-dim max-md:text-left">
              <Ago at={at} />
            </span>
          </span>
        }
      >
        <Details letter={letter} />
        <div className="flex justify-end gap-1.5 border-t border-line p-1.5">
          <EditAndResend address={letter} message={{ id: messageId, command, payload }} />
          <Button aria-label={`Redrive ${messageId}`} disabled={redrive !== null} onClick={onRedrive}>
            Redrive
          </Button>
        </div>
      </Disclosure>
    </li>
  );
}

function Details({ letter }: { letter: DeadLetterInfo }) {
  const { type, keyText, error, attempts, fingerprint, title, head, code, at } = letter;
  return (
    <Facts>
      <Fact name="Actor">
        <ActorLink type={type} keyText={keyText} />
        <span className="text-dim">
          , at head <span className="mono">{formatNumber(head)}</span>
        </span>
      </Fact>
      <MessageFacts message={letter} />
      <Fact name="Dead-lettered">
        <At at={at} />, after {formatCount(attempts, "attempt")}
      </Fact>
      <Fact name="Error">
        <ErrorText error={error} />
      </Fact>
      <Fact name="Group">
        <Link
          href={`/dead-letters/${fingerprint}`}
          className="mono rounded break-words underline decoration-line-strong underline-offset-2 hover:decoration-current"
        >
          {title}
        </Link>
      </Fact>
      <Fact name="Code">
        <Id value={code} what="Digest of the code" max={20} />
      </Fact>
    </Facts>
  );
}
