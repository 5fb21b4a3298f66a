"use client";

import { useRef } from "react";
import { MAX_FILE } from "../../server/protocol/bounds.ts";
import { Button } from "../components/controls/controls.tsx";
import { Problem } from "../components/controls/states.tsx";
import { formatBytes, formatNumber } from "../words/format.ts";
import type { FileDoor, Opening } from "./use-open-file.ts";

/** Chooses a file, shows the progress of reading it, or why it could not be opened. */
export function FileChooser({
  door: { opening, refused, open, close },
  isOver,
  at,
}: {
  door: FileDoor;
  isOver: boolean;
  /** The seq in the page's address. */
  at: number | null;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      {refused !== null && (
        <Problem title={`Could not open ${refused.name}.`}>
          <p>{refused.problem}</p>
        </Problem>
      )}
      <section
        aria-label="File"
        className={`flex flex-col items-center gap-4 rounded border border-dashed px-6 py-16 text-center ${isOver ? "border-indigo bg-indigo/10" : "border-line-strong bg-panel"}`}
      >
        {opening === null ? (
          <>
            <p className="text-lead">{isOver ? "Drop to open." : "Drop an exported history here."}</p>
            <Button kind="primary" onClick={() => input.current?.click()}>
              Choose a file
            </Button>
            <p className="max-w-md text-dim">
              Export one from an actor’s time travel page. Only this browser reads the file; nothing is uploaded. Max{" "}
              {MAX_FILE / 1024 / 1024} MB.
            </p>
            {at !== null && (
              <p className="text-indigo">
                This URL shows seq <span className="mono">{formatNumber(at)}</span> of a file. Open that file to see it.
              </p>
            )}
          </>
        ) : (
          <Reading opening={opening} onCancel={close} />
        )}
        <input
          ref={input}
          type="file"
          aria-label="History file"
          accept=".ndjson,application/x-ndjson"
          className="sr-only"
          tabIndex={-1}
          onChange={({ target }) => {
            const file = target.files?.item(0);
            if (file) open(file);
            target.value = "";
          }}
        />
      </section>
    </>
  );
}

function Reading({ opening: { name, size, bytes, entries }, onCancel }: { opening: Opening; onCancel: () => void }) {
  return (
    <>
      <p className="text-lead break-all">Reading {name}</p>
      <progress aria-label="Bytes read" value={bytes} max={Math.max(1, size)} className="progress w-full max-w-md" />
      <p className="mono text-dim">
        {formatBytes(bytes)} of {formatBytes(size)}, {formatNumber(entries)} entries
      </p>
      <Button onClick={onCancel}>Cancel</Button>
    </>
  );
}
