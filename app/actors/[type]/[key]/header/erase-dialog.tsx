"use client";

import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useId, useState } from "react";
import type { ActorDetail } from "../../../../../server/protocol/actors.ts";
import { buttonClass, inputClass } from "../../../../components/controls/styles.ts";
import { formatCount } from "../../../../words/format.ts";

/** Asks for the actor's key, then erases it permanently. */
export function EraseDialog({
  actor: { type, keyText, persistence, head },
  onErase,
  onClose,
}: {
  actor: ActorDetail;
  onErase: () => void;
  onClose: () => void;
}) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const history = persistence === "journal" ? formatCount(head, "entry", "entries") : formatCount(head, "revision");
  return (
    <AlertDialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fade fixed inset-0 z-40 bg-canvas/70 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <AlertDialog.Popup className="panel fade fixed top-1/2 left-1/2 z-50 flex w-md max-w-[calc(100vw-32px)] -translate-1/2 flex-col gap-3 p-4 shadow-(--overlay) data-ending-style:opacity-0 data-starting-style:opacity-0">
          <AlertDialog.Title className="text-lead font-medium">Erase this actor?</AlertDialog.Title>
          <AlertDialog.Description className="text-dim">
            This permanently deletes its state, {history} of history, checkpoints, mailbox, dead letters, reminders and
            stored replies. Only the fact that it existed is recorded.
          </AlertDialog.Description>
          <div className="flex flex-col gap-1">
            <label htmlFor={id}>
              Type its key to confirm: <span className="mono break-all">{keyText}</span>
            </label>
            <input
              id={id}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              spellCheck={false}
              className={`${inputClass} mono`}
            />
          </div>
          <div className="flex justify-end gap-2">
            <AlertDialog.Close className={buttonClass("plain")}>Cancel</AlertDialog.Close>
            <AlertDialog.Close
              className={buttonClass("primary")}
              disabled={typed !== keyText}
              onClick={onErase}
              aria-label={`Erase permanently: ${type} ${keyText}`}
            >
              Erase permanently
            </AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
