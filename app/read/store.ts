/** A value outside of React, for `useSyncExternalStore`. `start` is run while anybody listens, until what it returns is. */
export function store<T>(first: T, start: (set: (value: T) => void) => () => void) {
  const listeners = new Set<() => void>();
  let value = first;
  let stop: (() => void) | undefined;
  const set = (next: T) => {
    value = next;
    for (const listener of listeners) listener();
  };
  return {
    get: () => value,
    set,
    subscribe(listener: () => void) {
      listeners.add(listener);
      if (listeners.size === 1) stop = start(set);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop?.();
      };
    },
  };
}
