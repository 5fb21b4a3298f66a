"use client";

import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";

/** A modal overlay; Escape and a click outside close it. */
export function Overlay({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-[#000]/50" />
        <Dialog.Popup className="fixed top-[10vh] left-1/2 z-30 flex max-h-[80vh] w-[40rem] max-w-[calc(100vw-1rem)] -translate-x-1/2 flex-col overflow-hidden rounded border border-line-strong bg-panel shadow-overlay outline-none">
          <Dialog.Title className="sr-only">{title}</Dialog.Title>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
