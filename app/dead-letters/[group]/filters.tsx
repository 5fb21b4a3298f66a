import { Select } from "../../components/select.tsx";
import type { LettersAddress } from "./use-letters-address.ts";

const ANY = "any";

/** What the list is filtered by. */
export function Filters({
  address,
  types,
  isLoading,
}: {
  address: LettersAddress;
  types: readonly string[];
  isLoading: boolean;
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
      <p role="status" className="text-mini text-faint">
        {isLoading ? "Loading…" : ""}
      </p>
    </search>
  );
}
