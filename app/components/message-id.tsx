import Link from "next/link";
import { Id } from "./copy.tsx";

/** A message's id, which is copied by a click, and the way to the message's page. */
export function MessageId({ value, max = 24 }: { value: string; max?: number }) {
  return (
    <span className="inline-flex min-w-0 flex-wrap items-baseline gap-x-2">
      <Id value={value} what="Message id" max={max} />
      <Link
        href={`/messages/${value}`}
        prefetch={false}
        aria-label={`Follow message ${value}`}
        className="rounded text-dim underline decoration-line-strong underline-offset-2 hover:text-ink hover:decoration-current"
      >
        follow
      </Link>
    </span>
  );
}
