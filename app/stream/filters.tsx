import type { ActivityKind } from "../../server/protocol/activity.ts";
import { Select } from "../components/controls/select.tsx";
import { inputClass } from "../components/controls/styles.ts";
import { HappeningBadge, happeningKinds } from "../components/facts/happening-kind.tsx";
import type { StreamAddress } from "./use-stream-address.ts";

const ANY = "any";

/** Kinds that are looked for together: what went wrong. */
const failures: ActivityKind[] = ["attempt_failed", "retry", "dead_letter"];

/** What of all that happens is shown. */
export function Filters({ address, types }: { address: StreamAddress; types: readonly string[] }) {
  const { type, actor, kinds } = address;
  const typeOptions = [{ value: ANY, label: "Any type" }, ...types.map((value) => ({ value, label: value }))];
  const kindOptions = [
    { value: ANY, label: "Any kind" },
    { value: failures.join(), label: "✕ failures" },
    ...happeningKinds.map((kind) => ({
      value: kind as string,
      label: <HappeningBadge kind={kind} isError={false} lifecycle={null} />,
    })),
  ];
  return (
    <search className="flex flex-wrap gap-2">
      <Select
        label="Type"
        value={type ?? ANY}
        options={typeOptions}
        onChange={(chosen) => address.showType(chosen === ANY ? null : chosen)}
      />
      {type !== null && (
        <input
          type="search"
          aria-label="Actor"
          placeholder="Key of one actor, as in its address"
          value={actor}
          onChange={(event) => address.showActor(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          className={`${inputClass} mono max-w-80 min-w-48 flex-1`}
        />
      )}
      <Select
        label="Kind"
        value={kinds === null ? ANY : kinds.join()}
        options={kindOptions}
        onChange={(chosen) => address.showKinds(chosen === ANY ? null : (chosen.split(",") as ActivityKind[]))}
      />
    </search>
  );
}
