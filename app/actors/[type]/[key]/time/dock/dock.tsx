"use client";

import Link from "next/link";
import { type FormEvent, useState } from "react";
import type { Timeline } from "../../../../../../server/protocol/past.ts";
import { Button, Segments } from "../../../../../components/controls/controls.tsx";
import { buttonClass, inputClass } from "../../../../../components/controls/styles.ts";
import type { HistorySource } from "../../../../../history/history-source.ts";
import { whatIfPath } from "../../../../../read/read.ts";
import { formatNumber } from "../../../../../words/format.ts";
import { useZone } from "../../../../../words/time.tsx";
import type { Moment } from "../use-time-address.ts";
import { ExportForm } from "./export-form.tsx";
import { Legend, Track } from "./track.tsx";
import type { Play, Speed } from "./use-play.ts";
import { useVerify, VerifyPanel } from "./verify-panel.tsx";

const speeds: { value: Speed; label: string }[] = [
  { value: "1", label: "1×" },
  { value: "4", label: "4×" },
  { value: "real", label: "Real time" },
];

/** The controls of time travel: the track of the whole journal, playback, and the actions at a seq. */
export function Dock({
  history,
  timeline,
  at,
  vs,
  head,
  isLive,
  travel,
  play,
  onFork,
}: {
  history: HistorySource;
  timeline: Timeline | null;
  at: number;
  vs: number | null;
  head: number;
  isLive: boolean;
  travel: (change: Partial<Moment>) => void;
  play: Play;
  onFork: () => void;
}) {
  const { found, verify, close } = useVerify(history.actor);
  const [isExporting, setExporting] = useState(false);
  return (
    <section
      aria-label="Time"
      className="bottom-0 flex flex-col gap-2 rounded border border-line bg-panel p-2 shadow-overlay lg:sticky"
    >
      {found !== null && <VerifyPanel found={found} onOpen={(seq) => travel({ at: seq })} onClose={close} />}
      {isExporting && history.actor !== null && (
        <ExportForm
          actor={history.actor}
          begins={timeline?.begins ?? 1}
          head={head}
          range={vs === null ? null : [Math.min(at, vs), Math.max(at, vs)]}
          onClose={() => setExporting(false)}
        />
      )}
      <Track timeline={timeline} at={at} vs={vs} head={head} travel={travel} />
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
        <Legend timeline={timeline} />
        <Button kind={isLive ? "quiet" : "primary"} disabled={isLive} onClick={() => travel({ at: null })}>
          Go to newest
        </Button>
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        <Button onClick={play.toggle} aria-pressed={play.isPlaying} className="w-20">
          <span aria-hidden>{play.isPlaying ? "❚❚" : "▶"}</span> {play.isPlaying ? "Pause" : "Play"}
        </Button>
        <Segments label="Speed" value={play.speed} options={speeds} onChange={play.setSpeed} />
        <GoToSeq at={at} head={head} travel={travel} />
        <GoToTime history={history} travel={travel} />
        <Button onClick={() => travel({ at, vs: vs === null ? Math.max(0, at - 1) : null })} aria-pressed={vs !== null}>
          Compare
        </Button>
        <Button onClick={() => travel({ at, vs: at })}>Set B here</Button>
        {history.actor !== null && (
          <>
            <Button onClick={onFork} disabled={at < 1}>
              Fork
            </Button>
            <Link href={whatIfPath(history.actor, at)} prefetch={false} className={buttonClass("plain")}>
              What-if
            </Link>
            <Button onClick={verify}>Verify</Button>
            <Button onClick={() => setExporting(true)}>Export</Button>
          </>
        )}
      </div>
    </section>
  );
}

function GoToSeq({ at, head, travel }: { at: number; head: number; travel: (change: Partial<Moment>) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed !== null && typed !== "") travel({ at: Number(typed) });
    setTyped(null);
  };
  return (
    <form onSubmit={submit} className="flex items-center gap-1.5">
      <label className="flex items-center gap-1.5 text-dim">
        Seq
        <input
          inputMode="numeric"
          value={typed ?? `${at}`}
          onChange={({ target }) => setTyped(target.value.replace(/\D/g, ""))}
          onBlur={() => setTyped(null)}
          onFocus={({ target }) => target.select()}
          className={`${inputClass} mono w-20!`}
        />
      </label>
      <span className="text-faint">of {formatNumber(head)}</span>
    </form>
  );
}

/** Goes to the last entry committed at a time, in the page's zone. */
function GoToTime({ history, travel }: { history: HistorySource; travel: (change: Partial<Moment>) => void }) {
  const zone = useZone();
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("time"));
    const time = Date.parse(zone === "utc" ? `${text}Z` : text);
    if (Number.isNaN(time)) return;
    try {
      // Includes all commits of that second.
      const seq = await history.seqAt(time + 999, AbortSignal.timeout(30_000));
      setProblem(null);
      travel({ at: seq });
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-1.5">
      <label className="flex items-center gap-1.5 text-dim">
        Time
        <input type="datetime-local" name="time" step={1} required className={`${inputClass} mono w-52!`} />
      </label>
      <Button type="submit">Go</Button>
      {problem !== null && (
        <span role="alert" className="text-red">
          {problem}
        </span>
      )}
    </form>
  );
}
