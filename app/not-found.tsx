import Link from "next/link";
import { Empty } from "./components/controls/states.tsx";
import { buttonClass } from "./components/controls/styles.ts";

export default function NotFound() {
  return (
    <Empty title="Page not found.">
      <p className="mb-4">The URL may be incomplete, or contain an actor type that this server does not run.</p>
      <Link href="/" className={buttonClass("plain")}>
        Go to the overview
      </Link>
    </Empty>
  );
}
