"use client";

import { type DragEvent, useState } from "react";
import { Travel } from "../actors/[type]/[key]/time/travel.tsx";
import { useTimeAddress } from "../actors/[type]/[key]/time/use-time-address.ts";
import { Button } from "../components/controls/controls.tsx";
import { CopyButton } from "../components/controls/copy.tsx";
import { At } from "../components/facts/time.tsx";
import type { OpenedFile } from "../history/file/file-calls.ts";
import { formatBytes, formatCount, formatNumber } from "../words/format.ts";
import { FileChooser, useOpenFile } from "./file-chooser.tsx";

const none: readonly never[] = [];

/** Time travel through a history from a file, which is chosen or dropped on the page. */
export function OpenView() {
  const door = useOpenFile();
  const [isOver, setOver] = useState(false);
  const [{ at }] = useTimeAddress();
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files.item(0);
    if (file !== null) door.open(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a button can choose the file too
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={drop}
      className={`flex min-h-[calc(100dvh-40px)] flex-col gap-3 rounded ${isOver ? "outline-2 outline-offset-4 outline-indigo" : ""} ${door.opened === null ? "" : "lg:h-[calc(100dvh-40px)]"}`}
    >
      {door.opened === null ? (
        <>
          <h1 className="text-title font-medium">Open a history</h1>
          <FileChooser door={door} isOver={isOver} at={at} />
        </>
      ) : (
        <Opened key={door.opened.name} file={door.opened} onClose={door.close} />
      )}
    </div>
  );
}

function Opened({ file: { name, info, history }, onClose }: { file: OpenedFile; onClose: () => void }) {
  const { header, timeline, bytes } = info;
  const { type, key, names, from, to, head, forkedFrom } = header;
  return (
    <>
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <h1 className="text-lead font-medium break-all">{key.join(" / ")}</h1>
        <span className="mono text-dim">{type}</span>
        <CopyButton text={() => JSON.stringify(key)} what="Key" />
        <Button onClick={onClose} className="ml-auto">
          Close file
        </Button>
      </header>
      <ul aria-label="File" className="flex flex-wrap gap-x-4 gap-y-0.5 text-dim">
        <li className="mono max-w-full truncate">{name}</li>
        <li>{formatBytes(bytes)}</li>
        <li>
          {formatCount(to - from + 1, "entry", "entries")}
          {to - from + 1 < head && ` of ${formatNumber(head)}: ${formatNumber(from)} to ${formatNumber(to)}`}
        </li>
        <li>
          exported <At at={header.exportedAt} />
        </li>
        <li>
          state version <span className="mono">{header.stateVersion}</span>, code{" "}
          <span className="mono">{header.code}</span>
        </li>
        {forkedFrom !== null && (
          <li>
            forked from <span className="mono break-all">{forkedFrom.key.join(" / ")}</span> at{" "}
            <span className="mono">{formatNumber(forkedFrom.seq)}</span>
          </li>
        )}
      </ul>
      <Travel names={names} history={history} head={to} tail={none} timeline={timeline} begins={timeline.begins} />
    </>
  );
}
