"use client";

import { useSyncExternalStore } from "react";
import { store } from "../../read/store.ts";
import { THEME_KEY } from "./theme-script.tsx";

/** How the whole page is coloured. */
export type Theme = "dark" | "light";

// No context: when one changes, React throws away the HTML of whatever has not come to life yet, and makes it anew.
const theme = store<Theme>("dark", (set) => {
  const read = () => {
    const chosen = localStorage.getItem(THEME_KEY) === "light" ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    set(chosen);
  };
  read();
  window.addEventListener("storage", read);
  return () => window.removeEventListener("storage", read);
});

/** The theme that was chosen; dark unless another was. */
export function useTheme(): Theme {
  return useSyncExternalStore(theme.subscribe, theme.get, () => "dark" as const);
}

/** Chooses the theme, in all tabs and for the next visit. */
export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(THEME_KEY, chosen);
  document.documentElement.dataset.theme = chosen;
  theme.set(chosen);
}
