import Link from "next/link";
import { Empty } from "./components/controls/states.tsx";
import { buttonClass } from "./components/controls/styles.ts";

export default function NotFound() {
  return (
    <Empty title="There is no such page.">
      <p className="mb-4">The address may be incomplete, or name an actor type that this server does not run.</p>
      <Link href="/" className={buttonClass("plain")}>
        Go to the overview
      </Link>
    </Empty>
  );
}
