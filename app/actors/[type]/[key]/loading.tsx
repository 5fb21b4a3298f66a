"use client";

import { useParams } from "next/navigation";
import { decodeKeyText } from "../../../../server/protocol/key-text.ts";
import { Skeleton } from "../../../components/controls/states.tsx";
import { keyTextOf } from "../../segments.ts";

const lines = ["w-40", "w-56", "w-48", "w-64", "w-32", "w-52"];

/** An actor's page while it loads. The heading is present at once, so that screen readers announce the page. */
export default function Loading() {
  const { key } = useParams<{ key: string }>();
  return (
    <div aria-busy className="flex flex-col gap-4">
      <h1 className="sr-only">{decodeKeyText(keyTextOf(key))?.join(" / ")}</h1>
      <p role="status" className="sr-only">
        Loading the actor.
      </p>
      <Skeleton width="w-24" />
      <Skeleton width="w-72 h-6!" />
      <Skeleton width="w-96 max-w-full" />
      <div className="grid gap-3 lg:grid-cols-[minmax(0,1fr)_360px]">
        {[1, 2].map((panel) => (
          <div key={panel} className="panel flex flex-col gap-2.5 p-3">
            {lines.map((width) => (
              <Skeleton key={width} width={width} />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
