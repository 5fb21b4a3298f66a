import { debounce, parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import type { ActivityKind } from "../../server/protocol/activity.ts";
import { FilterSelect } from "../components/controls/select.tsx";
import { inputClass } from "../components/controls/styles.ts";
import { eventKinds, KindBadge } from "../components/facts/event-kind.tsx";

const parsers = {
  type: parseAsString,
  actor: parseAsString.withDefault(""),
  kind: parseAsArrayOf(parseAsStringLiteral(eventKinds)),
};

/** The delay after the last keystroke before another actor is watched, in milliseconds. */
const REST_MS = 250;

/** The filters in the address. `actor` is a key in text form. */
export function useStreamAddress() {
  const [{ type, actor, kind }, set] = useQueryStates(parsers);
  return {
    type,
    actor,
    kinds: kind,
    showType: (chosen: string | null) => void set({ type: chosen, actor: null }),
    showActor: (keyText: string) =>
      void set({ actor: keyText === "" ? null : keyText }, { limitUrlUpdates: debounce(REST_MS) }),
    showKinds: (kinds: typeof kind) => void set({ kind: kinds }),
    clear: () => void set(null),
  };
}

export type StreamAddress = ReturnType<typeof useStreamAddress>;

/** The kinds of the filter "failures". */
const failures: ActivityKind[] = ["attempt_failed", "retry", "dead_letter"];

export function Filters({ address, types }: { address: StreamAddress; types: readonly string[] }) {
  const { type, actor, kinds } = address;
  const kindOptions = [
    { value: failures.join(), label: "✕ failures" },
    ...eventKinds.map((kind) => ({ value: kind as string, label: <KindBadge kind={kind} /> })),
  ];
  return (
    <search className="flex flex-wrap gap-2">
      <FilterSelect
        label="Type"
        any="Any type"
        value={type}
        options={types.map((value) => ({ value, label: value }))}
        onChange={address.showType}
      />
      {type !== null && (
        <input
          type="search"
          aria-label="Actor"
          placeholder="Key of one actor, as in its URL"
          value={actor}
          onChange={(event) => address.showActor(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          className={`${inputClass} mono max-w-80 min-w-48 flex-1`}
        />
      )}
      <FilterSelect
        label="Kind"
        any="Any kind"
        value={kinds === null ? null : kinds.join()}
        options={kindOptions}
        onChange={(chosen) => address.showKinds(chosen === null ? null : (chosen.split(",") as ActivityKind[]))}
      />
    </search>
  );
}
