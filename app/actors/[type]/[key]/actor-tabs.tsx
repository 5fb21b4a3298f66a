"use client";

import { Tabs } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import { type Tab, tabs, useActorAddress } from "./use-actor-address.ts";

const names: Record<Tab, string> = {
  state: "State",
  journal: "Journal",
  timeline: "Timeline",
  mailbox: "Mailbox",
  checkpoints: "Checkpoints",
};

/**
 * The tabs of an actor's page. The page's address selects one. `waiting` is the number of messages in the mailbox; null
 * if unknown.
 */
export function ActorTabs({ panels, waiting }: { panels: Partial<Record<Tab, ReactNode>>; waiting: number | null }) {
  const { tab, show } = useActorAddress();
  const present = tabs.filter((name) => name in panels);
  return (
    <Tabs.Root
      value={present.includes(tab) ? tab : "state"}
      onValueChange={show}
      className="flex min-w-0 flex-col gap-3"
    >
      <Tabs.List activateOnFocus className="flex gap-1 overflow-x-auto border-b border-line">
        {present.map((name) => (
          <Tabs.Tab
            key={name}
            value={name}
            className="fade h-8 border-b-2 border-transparent px-3 whitespace-nowrap text-dim hover:text-ink focus-visible:-outline-offset-2 data-active:border-ink data-active:font-medium data-active:text-ink max-sm:px-2"
          >
            {names[name]}
            {name === "mailbox" && <Waiting count={waiting} />}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {present.map((name) => (
        <Tabs.Panel key={name} value={name} tabIndex={-1} className="min-w-0 outline-none">
          {panels[name]}
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}

/** The number of waiting messages. Its width is fixed, so that the tabs after it do not move. */
function Waiting({ count }: { count: number | null }) {
  return (
    <>
      {" "}
      <span className="mono inline-block w-[2ch] text-left text-amber">
        {count !== null && count > 0 && (count < 100 ? count : "99+")}
      </span>
    </>
  );
}
