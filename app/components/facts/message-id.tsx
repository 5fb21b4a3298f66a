"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { Id } from "../controls/copy.tsx";

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
