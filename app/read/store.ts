/** A value outside React, for `useSyncExternalStore`. `start` runs at the first listener; its result runs after the last. */
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

/** A choice between two values, stored in the browser and shared by all tabs. `apply` is called with each. */
export function remembered<T extends string>(key: string, usual: T, other: T, apply: (chosen: T) => void = () => {}) {
  const choice = store<T>(usual, (set) => {
    const read = () => {
      const chosen = localStorage.getItem(key) === other ? other : usual;
      apply(chosen);
      set(chosen);
    };
    read();
    window.addEventListener("storage", read);
    return () => window.removeEventListener("storage", read);
  });
  const choose = (chosen: T) => {
    localStorage.setItem(key, chosen);
    apply(chosen);
    choice.set(chosen);
  };
  return { ...choice, choose };
}
