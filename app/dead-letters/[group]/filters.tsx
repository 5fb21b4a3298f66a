import type { ReactNode } from "react";
import { Select } from "../../components/controls/select.tsx";
import type { LettersAddress } from "./use-letters-address.ts";

const ANY = "any";

/** What the list is filtered by, and beside it what is told of the list. */
export function Filters({
  address,
  types,
  isLoading,
  children,
}: {
  address: LettersAddress;
  types: readonly string[];
  isLoading: boolean;
  children: ReactNode;
}) {
  const options = [{ value: ANY, label: "Any type" }, ...types.map((type) => ({ value: type, label: type }))];
  return (
    <search className="flex flex-wrap items-center gap-2">
      <Select
        label="Type"
        value={address.type ?? ANY}
        options={options}
        onChange={(type) => address.filter({ type: type === ANY ? null : type })}
      />
      <p role="status" className="flex-1 text-mini text-faint">
        {isLoading ? "Loading…" : ""}
      </p>
      {children}
    </search>
  );
}
