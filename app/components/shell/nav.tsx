"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { MailCounts } from "../../../server/protocol/mail.ts";
import { useRoom } from "../../live/use-room.ts";
import { formatNumber } from "../../words/format.ts";
import { ActorsIcon, DeadLettersIcon, OverviewIcon, StreamIcon } from "../controls/icons.tsx";

/** The pages, and the keys that open them after `g`. */
export const pages = [
  { href: "/", letter: "o", label: "Overview", icon: <OverviewIcon /> },
  { href: "/actors", letter: "a", label: "Actors", icon: <ActorsIcon /> },
  { href: "/stream", letter: "s", label: "Stream", icon: <StreamIcon /> },
  { href: "/dead-letters", letter: "d", label: "Dead letters", icon: <DeadLettersIcon /> },
];

/** The links to the pages, and the number of dead letters. `mail` is what the server rendered. */
export function Nav({ mail }: { mail: MailCounts }) {
  const path = usePathname();
  const { view } = useRoom({ kind: "mail" }, 1000, { view: mail, since: null, isBeside: true });
  return (
    <nav aria-label="Pages" className="max-lg:mt-1.5 lg:mt-3">
      <ul className="flex gap-0.5 lg:flex-col">
        {pages.map(({ href, label, icon }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={path === href || (href !== "/" && path.startsWith(href)) ? "page" : undefined}
              className="fade flex h-7 items-center gap-2 rounded px-2 whitespace-nowrap text-dim max-sm:[&>svg]:hidden hover:text-ink aria-[current]:bg-raised aria-[current]:font-medium aria-[current]:text-ink"
            >
              <span className="max-sm:hidden">{icon}</span>
              <span className="whitespace-nowrap">{label}</span>
              {href === "/dead-letters" && <Count value={(view ?? mail).dead} />}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Count({ value }: { value: number }) {
  return value > 0 && <span className="mono font-normal text-red lg:ml-auto">{formatNumber(value)}</span>;
}
