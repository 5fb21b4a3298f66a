"use client";

import { useSyncExternalStore } from "react";
import { store } from "../../read/store.ts";
import { THEME_KEY } from "./theme-script.tsx";

/** The colour theme of the page. */
export type Theme = "dark" | "light";

// Not a context: when a context changes, React discards and re-renders the HTML that is not hydrated yet.
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

/** The chosen theme; dark by default. */
export function useTheme(): Theme {
  return useSyncExternalStore(theme.subscribe, theme.get, () => "dark" as const);
}

/** Sets the theme, in all tabs and for the next visit. */
export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(THEME_KEY, chosen);
  document.documentElement.dataset.theme = chosen;
  theme.set(chosen);
}
