"use client";

import { useSyncExternalStore } from "react";
import { remembered } from "../../read/store.ts";
import { THEME_KEY } from "./theme-script.tsx";

/** How the whole page is coloured. */
export type Theme = "dark" | "light";

// No context: when one changes, React throws away the HTML of whatever has not come to life yet, and makes it anew.
const theme = remembered<Theme>(THEME_KEY, "dark", "light", (chosen) => {
  document.documentElement.dataset.theme = chosen;
});

/** The theme that was chosen; dark unless another was. */
export function useTheme(): Theme {
  return useSyncExternalStore(theme.subscribe, theme.get, () => "dark" as const);
}

/** Chooses the theme, in all tabs and for the next visit. */
export const chooseTheme = theme.choose;
