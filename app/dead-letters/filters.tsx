import { CloseIcon } from "../components/icons.tsx";
import { Select } from "../components/select.tsx";
import type { LettersAddress } from "./use-letters-address.ts";

const ANY = "any";

/** What the list is filtered by. `title` names the group that is shown, where a letter of it is here. */
export function Filters({
  address,
  types,
  title,
  isLoading,
}: {
  address: LettersAddress;
  types: readonly string[];
  title: string | null;
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
      {address.fingerprint !== null && (
        <button
          type="button"
          onClick={() => address.filter({ fingerprint: null })}
          className="fade flex h-7 min-w-0 items-center gap-2 rounded border border-line-strong bg-raised px-2 hover:border-faint max-sm:h-9"
        >
          <span className="text-dim">Group</span>
          <span className="mono truncate">{title ?? address.fingerprint}</span>
          <span className="sr-only">, show all groups</span>
          <CloseIcon />
        </button>
      )}
      <p role="status" className="text-mini text-faint">
        {isLoading ? "Loading…" : ""}
      </p>
    </search>
  );
}
