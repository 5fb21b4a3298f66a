"use client";

import { Tabs } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import { type Tab, tabs, useActorAddress } from "./use-actor-address.ts";

const names: Record<Tab, string> = { state: "State", journal: "Journal", checkpoints: "Checkpoints" };

/** The parts of an actor's page, one of them in view. Which one is in the page's address. */
export function ActorTabs({ panels }: { panels: Record<Tab, ReactNode> }) {
  const { tab, show } = useActorAddress();
  return (
    <Tabs.Root value={tab} onValueChange={show} className="flex min-w-0 flex-col gap-3">
      <Tabs.List activateOnFocus className="flex gap-1 border-b border-line">
        {tabs.map((name) => (
          <Tabs.Tab
            key={name}
            value={name}
            className="fade -mb-px h-8 border-b-2 border-transparent px-3 text-dim hover:text-ink data-active:border-ink data-active:font-medium data-active:text-ink"
          >
            {names[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((name) => (
        <Tabs.Panel key={name} value={name} tabIndex={-1} className="min-w-0 outline-none">
          {panels[name]}
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
