const text = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

/** Whether the target is a text input. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest(text) !== null;
}

/** Whether a key is for the page: no text input, dialog, modifier or other handler takes it. */
export function isForPage(event: KeyboardEvent): boolean {
  // On some keyboards brackets need AltGr, which sets ctrlKey and altKey.
  const isHeld = event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph"));
  return !isHeld && !event.defaultPrevented && !isTyping(event.target) && !isInDialog();
}

/** Whether a dialog is open. */
export function isInDialog(): boolean {
  return document.querySelector("[role=dialog], [role=alertdialog]") !== null;
}

/**
 * Moves the focus to the next row of the page's list, with -1 to the previous one, from elsewhere to the first. Grids and
 * trees receive the matching arrow key.
 */
export function moveRow(step: 1 | -1): void {
  const grid = document.querySelector<HTMLElement>("main :is([role=grid], [role=tree], [role=treegrid])");
  const rows = [...document.querySelectorAll<HTMLElement>("main [data-row]")].filter(
    (row) => row.offsetParent !== null,
  );
  if (rows.length === 0 || (grid !== null && grid === document.activeElement)) {
    const key = step === 1 ? "ArrowDown" : "ArrowUp";
    if (grid === document.activeElement) grid?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    else grid?.focus();
    return;
  }
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const row = rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))];
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

/** Moves the focus to the page's search. */
export function focusSearch(): void {
  document.querySelector<HTMLElement>("main input[type=search]")?.focus();
}
