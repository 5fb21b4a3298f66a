"use client";

import { useSyncExternalStore } from "react";
import { chooseZone, useZone } from "../../words/time.tsx";
import { Segments } from "../controls/controls.tsx";
import { chooseTheme, useTheme } from "./theme.ts";

const themes = [
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
] as const;

const zones = [
  { value: "local", label: "Local" },
  { value: "utc", label: "UTC" },
] as const;

const never = () => () => {};

/** Theme and time zone. Only the browser knows them, so the server renders neither as chosen. */
export function Settings() {
  const theme = useTheme();
  const zone = useZone();
  const isBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (
    <div className="flex gap-2 max-sm:col-span-2 max-sm:*:flex-1 lg:mb-1 lg:flex-col">
      <Segments label="Time zone" value={isBrowser ? zone : null} options={zones} onChange={chooseZone} />
      <Segments label="Theme" value={isBrowser ? theme : null} options={themes} onChange={chooseTheme} />
    </div>
  );
}
