"use client";

import type { Lifecycle } from "../../../server/protocol/actors.ts";
import { SearchIcon } from "../../components/icons.tsx";
import { LifecycleBadge, lifecycles } from "../../components/lifecycle.tsx";
import { Select } from "../../components/select.tsx";
import { inputClass } from "../../components/styles.ts";
import type { ListAddress } from "./use-list-address.ts";

const ANY = "any";

/** What the list is searched for and filtered by. */
export function Filters({ address, types, isLoading }: { address: ListAddress; types: string[]; isLoading: boolean }) {
  const typeOptions = [{ value: ANY, label: "Any type" }, ...types.map((type) => ({ value: type, label: type }))];
  const statusOptions = [
    { value: ANY, label: "Any status" } as const,
    ...lifecycles.map((status) => ({ value: status, label: <LifecycleBadge lifecycle={status} /> })),
  ];
  return (
    <search className="flex flex-wrap gap-2">
      <div className="relative min-w-48 flex-1 max-sm:basis-full sm:max-w-sm">
        <span className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2 text-faint">
          <SearchIcon />
        </span>
        <input
          type="search"
          aria-label="Search keys"
          placeholder="Search keys"
          value={address.q}
          onChange={(event) => address.search(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          className={`${inputClass} pl-7.5`}
        />
      </div>
      <Select
        label="Type"
        value={address.type ?? ANY}
        options={typeOptions}
        onChange={(type) => address.filter({ type: type === ANY ? null : type })}
      />
      <Select<Lifecycle | typeof ANY>
        label="Status"
        value={address.status ?? ANY}
        options={statusOptions}
        onChange={(status) => address.filter({ status: status === ANY ? null : status })}
      />
      <p role="status" className="self-center text-mini text-faint">
        {isLoading ? "Loading…" : ""}
      </p>
    </search>
  );
}
