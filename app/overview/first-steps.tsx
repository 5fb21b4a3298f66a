import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import type { KeyShape } from "../actors/open-actor.tsx";
import { CopyButton } from "../components/controls/copy.tsx";
import { Panel } from "../components/controls/states.tsx";

const OpenActor = dynamic(() => import("../actors/open-actor.tsx").then((module) => module.OpenActor));

/** First steps on a server without actors. `address` is the server's address as the browser reached it. */
export function FirstSteps({ types, address }: { types: KeyShape[]; address: string }) {
  const curl = [
    `curl -X POST ${address}/api/actors/user-state/mall001:user001/commands/viewProduct`,
    `  -H 'content-type: application/json' -d '{"productId":"85123A"}'`,
  ].join(" \\\n");
  return (
    <Panel title="Create the first actor">
      <ol className="grid divide-line max-lg:divide-y lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_minmax(0,3fr)] lg:divide-x">
        <Step title="Here" text="Open a key and send it a command; the first command creates the actor.">
          <OpenActor types={types} kind="primary" />
        </Step>
        <Step title="Over HTTP" text="Replies once committed.">
          <Code text={curl} what="Command" />
        </Step>
        <Step title="From a file" text="NDJSON, or CSV with a mapping. Running it again changes nothing.">
          <Code text="npm run ingest -- events.ndjson" what="Command" />
        </Step>
      </ol>
    </Panel>
  );
}

function Step({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <li className="flex min-w-0 flex-col items-start gap-2.5 p-3">
      <div>
        <h3 className="font-medium">{title}</h3>
        <p className="text-dim">{text}</p>
      </div>
      {children}
    </li>
  );
}

function Code({ text, what }: { text: string; what: string }) {
  return (
    <div className="flex w-full min-w-0 items-start gap-1 rounded border border-line bg-canvas py-1 pr-1 pl-2">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="mono min-w-0 flex-1 overflow-x-auto py-0.5 text-dim">
        {text}
      </pre>
      <CopyButton text={() => text} what={what} />
    </div>
  );
}
