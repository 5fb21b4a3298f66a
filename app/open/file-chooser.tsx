"use client";

import { useEffect, useRef, useState } from "react";
import { MAX_FILE } from "../../server/protocol/bounds.ts";
import { Button } from "../components/controls/controls.tsx";
import { Problem } from "../components/controls/states.tsx";
import { type OpenedFile, openFile } from "../history/file/file-calls.ts";
import type { OpenProgress } from "../history/file/file-history.ts";
import { formatBytes, formatNumber } from "../words/format.ts";

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

/** A file that is being read, and the progress. */
interface Opening extends OpenProgress {
  name: string;
  size: number;
}

/** A file that could not be opened, and why. */
interface Refused {
  name: string;
  problem: string;
}

/** The file that is open, opening or refused. */
interface FileDoor {
  opened: OpenedFile | null;
  opening: Opening | null;
  refused: Refused | null;
  open: (file: File) => void;
  close: () => void;
}

/** Opens files, one at a time; each replaces the one before. */
export function useOpenFile(): FileDoor {
  const [opened, setOpened] = useState<OpenedFile | null>(null);
  const [opening, setOpening] = useState<Opening | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => () => opened?.close(), [opened]);

  const close = () => {
    running.current?.abort();
    setOpened(null);
    setOpening(null);
    setRefused(null);
  };
  const open = (file: File) => {
    close();
    const abort = new AbortController();
    running.current = abort;
    const { name, size } = file;
    setOpening({ name, size, bytes: 0, entries: 0 });
    openFile(file, abort.signal, (progress) => {
      if (!abort.signal.aborted) setOpening({ name, size, ...progress });
    }).then(
      (found) => {
        if (abort.signal.aborted) return found.close();
        setOpening(null);
        setOpened(found);
      },
      ({ message }: Error) => {
        if (abort.signal.aborted) return;
        setOpening(null);
        setRefused({ name, problem: message });
      },
    );
  };
  return { opened, opening, refused, open, close };
}
