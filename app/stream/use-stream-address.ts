import { debounce, parseAsArrayOf, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { eventKinds } from "../components/facts/event-kind.tsx";

const parsers = {
  type: parseAsString,
  actor: parseAsString.withDefault(""),
  kind: parseAsArrayOf(parseAsStringLiteral(eventKinds)),
};

/** For how long typing must rest before another actor is watched, in milliseconds. */
const REST_MS = 250;

/** What of all that happens is shown, as the address has it. `actor` is a key in text form. */
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
