const text = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

/** Whether somebody types: what is pressed there is text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest(text) !== null;
}

/** Whether a key is the page's: nobody types or has taken it, no dialog is open, and no other key makes it a command. */
export function isForPage(event: KeyboardEvent): boolean {
  // Where brackets are typed with AltGr, that is no other key.
  const isHeld = event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph"));
  return !isHeld && !event.defaultPrevented && !isTyping(event.target) && !isInDialog();
}

/** Whether a dialog is open: it has the keys for itself. */
export function isInDialog(): boolean {
  return document.querySelector("[role=dialog], [role=alertdialog]") !== null;
}

/**
 * Moves the focus to the next row of the page's list, or with -1 to the one before; from anywhere else to the first. A
 * list that walks through its rows by arrow keys is told as by these.
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
