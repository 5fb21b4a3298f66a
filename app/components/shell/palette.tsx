"use client";

import { Command } from "cmdk";
import { useParams, useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import type { ActorSummary, Page, TypeInfo } from "../../../server/protocol/actors.ts";
import { decodeKeyText } from "../../../server/protocol/key-text.ts";
import { tabs } from "../../actors/[type]/[key]/use-actor-address.ts";
import { keyTextOf } from "../../actors/segments.ts";
import { useReading } from "../../read/use-reading.ts";
import { chooseZone, useZone } from "../../words/time.tsx";
import { Overlay } from "../controls/overlay.tsx";
import { LifecycleBadge } from "../facts/lifecycle.tsx";
import { pages } from "./nav.tsx";
import { chooseTheme, useTheme } from "./theme.ts";

const MAX_FOUND = 8;
const messageId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Finds pages, types, actors, messages, and the tabs and commands of the current actor. */
export function Palette({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const [query, setQuery] = useState("");
  const types = useReading<Page<TypeInfo>>("/api/types", "", null).value?.items ?? [];
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  return (
    <Overlay title="Find" onClose={onClose}>
      <Command label="Find" loop>
        <Command.Input
          autoFocus
          value={query}
          onValueChange={setQuery}
          placeholder="Page, actor key or message id"
          className="h-11 w-full border-b border-line bg-transparent px-4 text-lead outline-none placeholder:text-faint"
        />
        <Command.List className="max-h-[60vh] overflow-y-auto p-1.5 pb-2">
          <Command.Empty className="px-2.5 py-6 text-center text-dim">No results.</Command.Empty>
          {messageId.test(query.trim()) && (
            <Items heading="Message">
              <Item value={query} onSelect={() => go(`/messages/${query.trim().toLowerCase()}`)}>
                Trace message <span className="mono truncate">{query.trim()}</span>
              </Item>
            </Items>
          )}
          <ThisActor types={types} go={go} />
          <Items heading="Pages">
            {pages.map(({ href, label, letter, icon }) => (
              <Item key={href} value={label} onSelect={() => go(href)} keys={`g ${letter}`}>
                {icon}
                {label}
              </Item>
            ))}
          </Items>
          <Items heading="Files">
            <Item value="open a history file export time travel" onSelect={() => go("/open")}>
              Open a history from a file
            </Item>
          </Items>
          <Actors query={query.trim()} go={go} />
          <Items heading="Types">
            {types.map(({ type }) => (
              <Item key={type} value={`type ${type}`} onSelect={() => go(`/actors?type=${type}`)}>
                Actors of type <span className="mono">{type}</span>
              </Item>
            ))}
          </Items>
          <Looks onClose={onClose} />
        </Command.List>
      </Command>
    </Overlay>
  );
}

/** The tabs and commands of the current actor. */
function ThisActor({ types, go }: { types: readonly TypeInfo[]; go: (href: string) => void }) {
  const { type, key } = useParams<{ type?: string; key?: string }>();
  const info = types.find((known) => known.type === type);
  if (info === undefined || key === undefined) return null;
  const page = `/actors/${info.type}/${keyTextOf(key)}`;
  const present = info.history ? tabs : tabs.filter((tab) => tab === "state" || tab === "mailbox");
  return (
    <Items heading={`${info.type} ${decodeKeyText(keyTextOf(key))?.join(" / ")}`}>
      {present.map((tab) => (
        <Item key={tab} value={`this actor ${tab}`} onSelect={() => go(`${page}?tab=${tab}`)}>
          Show {tab}
        </Item>
      ))}
      {info.history && (
        <Item value="this actor past time travel" onSelect={() => go(`${page}/time`)}>
          Time travel
        </Item>
      )}
      {info.commands.map(({ name }) => (
        <Item key={name} value={`command ${name}`} onSelect={() => go(`${page}?command=${name}`)}>
          Send <span className="mono">{name}</span>
        </Item>
      ))}
    </Items>
  );
}

/** Actors whose keys contain the query. */
function Actors({ query, go }: { query: string; go: (href: string) => void }) {
  const path = query === "" ? null : `/api/actors?${new URLSearchParams({ q: query, limit: `${MAX_FOUND}` })}`;
  const { value, problem } = useReading<Page<ActorSummary>>(path, "", null);
  if (query === "" || (value === null && problem === null)) return null;
  return (
    <Items heading="Actors">
      {problem !== null && (
        <p role="alert" className="px-2.5 py-1.5 text-red">
          ✕ Could not search actors: {problem}
        </p>
      )}
      {value?.items.map(({ type, key, keyText, lifecycle }) => (
        // The server matched it; the query need not be a substring of its key.
        <Item
          key={`${type}/${keyText}`}
          value={`${type} ${keyText}`}
          keywords={[query]}
          onSelect={() => go(`/actors/${type}/${keyText}`)}
        >
          <span className="mono text-dim">{type}</span>
          <span className="mono min-w-0 flex-1 truncate">{key.join(" / ")}</span>
          <LifecycleBadge lifecycle={lifecycle} />
        </Item>
      ))}
    </Items>
  );
}

/** Theme and time zone. */
function Looks({ onClose }: { onClose: () => void }) {
  const isDark = useTheme() === "dark";
  const isLocal = useZone() === "local";
  const choose = (chosen: () => void) => () => {
    chosen();
    onClose();
  };
  return (
    <Items heading="Display">
      <Item value="theme dark light" onSelect={choose(() => chooseTheme(isDark ? "light" : "dark"))}>
        {isDark ? "Light" : "Dark"} theme
      </Item>
      <Item value="times zone utc local" onSelect={choose(() => chooseZone(isLocal ? "utc" : "local"))}>
        {isLocal ? "Times in UTC" : "Local times"}
      </Item>
    </Items>
  );
}

function Items({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:truncate [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-mini [&_[cmdk-group-heading]]:text-dim"
    >
      {children}
    </Command.Group>
  );
}

function Item({
  value,
  keywords = [],
  keys,
  onSelect,
  children,
}: {
  value: string;
  keywords?: string[];
  keys?: string;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Command.Item
      value={value}
      keywords={keywords}
      onSelect={onSelect}
      className="flex h-8 cursor-pointer items-center gap-2 rounded px-2.5 aria-selected:bg-raised"
    >
      {children}
      {keys !== undefined && <kbd className="mono ml-auto text-mini text-dim">{keys}</kbd>}
    </Command.Item>
  );
}
