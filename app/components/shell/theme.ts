"use client";

import { useSyncExternalStore } from "react";
import { remembered } from "../../read/store.ts";
import { THEME_KEY } from "./theme-script.tsx";

/** The colour theme of the page. */
export type Theme = "dark" | "light";

// Not a context: when a context changes, React discards and re-renders the HTML that is not hydrated yet.
const theme = remembered<Theme>(THEME_KEY, "dark", "light", (chosen) => {
  document.documentElement.dataset.theme = chosen;
});

/** The chosen theme; dark by default. */
export function useTheme(): Theme {
  return useSyncExternalStore(theme.subscribe, theme.get, () => "dark" as const);
}

/** Sets the theme, in all tabs and for the next visit. */
export const chooseTheme = theme.choose;
