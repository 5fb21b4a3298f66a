import { debounce, parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { eventKinds } from "../components/facts/event-kind.tsx";

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
