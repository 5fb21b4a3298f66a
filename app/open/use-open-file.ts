"use client";

import { useEffect, useRef, useState } from "react";
import { type OpenedFile, openFile } from "../history/file/file-calls.ts";
import type { OpenProgress } from "../history/file/file-history.ts";

/** A file that is being read, and the progress. */
export interface Opening extends OpenProgress {
  name: string;
  size: number;
}

/** A file that could not be opened, and why. */
export interface Refused {
  name: string;
  problem: string;
}

/** The file that is open, opening or refused. */
export interface FileDoor {
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
