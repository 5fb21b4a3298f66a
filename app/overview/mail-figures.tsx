import Link from "next/link";
import type { ReactNode } from "react";
import type { MailCounts } from "../../server/protocol/mail.ts";
import { formatNumber } from "../lib/format.ts";

/** What waits, and what was given up. */
export function MailFigures({ mail: { waiting, dead } }: { mail: MailCounts }) {
  return (
    <section aria-label="Mail" className="panel grid gap-px overflow-hidden bg-line sm:grid-cols-2">
      <Figure name="Messages in mailboxes" value={formatNumber(waiting)} note={waiting === 0 ? "nothing waits" : ""} />
      <Figure
        name="Dead letters"
        value={<span className={dead === 0 ? "" : "text-red"}>{formatNumber(dead)}</span>}
        note={
          dead === 0 ? (
            "nothing was given up"
          ) : (
            <Link href="/dead-letters" className="rounded underline underline-offset-2 hover:text-ink">
              ✕ look at them
            </Link>
          )
        }
      />
    </section>
  );
}

function Figure({ name, value, note }: { name: string; value: ReactNode; note: ReactNode }) {
  return (
    <div className="flex items-baseline gap-2 bg-panel px-3 py-2">
      <span className="flex-1 whitespace-nowrap text-dim">{name}</span>
      <span className="font-mono text-title tabular-nums">{value}</span>
      <span className="text-mini whitespace-nowrap text-dim">{note}</span>
    </div>
  );
}
