"use client";

import { Select as Base } from "@base-ui/react/select";
import { UpDownIcon } from "./icons.tsx";
import type { SelectProps } from "./select.tsx";
import { triggerClass } from "./styles.ts";

/** An open select, loaded on demand. */
export function SelectList({ label, value, options, onChange }: SelectProps<string>) {
  return (
    <Base.Root
      defaultOpen
      items={options}
      value={value}
      onValueChange={(chosen) => chosen !== null && onChange(chosen)}
    >
      <Base.Trigger aria-label={label} className={triggerClass}>
        <Base.Value className="truncate" />
        <Base.Icon className="text-faint">
          <UpDownIcon />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-30 outline-none">
          <Base.Popup className="fade min-w-(--anchor-width) rounded border border-line-strong bg-panel py-1 shadow-overlay outline-none data-ending-style:opacity-0 data-starting-style:opacity-0">
            <Base.List className="max-h-(--available-height) overflow-y-auto">
              {options.map((option) => (
                <Base.Item
                  key={option.value}
                  value={option.value}
                  className="flex h-7 cursor-default items-center gap-2 pr-4 pl-2 outline-none select-none data-highlighted:bg-raised data-selected:font-medium"
                >
                  <span aria-hidden className="w-3 text-center">
                    <Base.ItemIndicator>✓</Base.ItemIndicator>
                  </span>
                  <Base.ItemText>{option.label}</Base.ItemText>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
