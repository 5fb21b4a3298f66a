import { useEffect, useRef } from "react";

/** Calls `act` every `ms` milliseconds while `isOn` and the page is visible. */
export function useInterval(isOn: boolean, ms: number, act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, ms);
    return () => clearInterval(timer);
  }, [isOn, ms]);
}
