"use client";

import type { Remote } from "comlink";
import { useCallback, useEffect, useRef, useState } from "react";
import { callsOf } from "../read/worker-calls.ts";
import type { LargeTree } from "./large-tree.worker.ts";
import type { Path } from "./tree.ts";
import type { Found, ShownRow, TreeView } from "./tree-view.ts";

/** The min time between two reads, in milliseconds. */
const INTERVAL_MS = 1_000;
/** The number of rows to fetch beyond those in view, on both sides. */
const BEYOND = 40;

/** The tree of a large value in a worker, and its head; 0 before the first read. */
export interface LargeTreeState extends TreeView {
  head: number;
  /** Why the newest value could not be read. */
  problem: string | null;
  /** The whole value as JSON. */
  whole(): Promise<string>;
}

interface Content {
  head: number;
  count: number;
  /** Increases when rows may have changed. */
  version: number;
}

const noContent: Content = { head: 0, count: 0, version: 0 };
const noRows: { from: number; rows: readonly ShownRow[] } = { from: 0, rows: [] };

/** A worker that reads a path for each `head`, and what it has read. */
function useContent(path: string | null, head: number) {
  const tree = useRef<Remote<LargeTree> | null>(null);
  const [content, setContent] = useState(noContent);
  const [problem, setProblem] = useState<string | null>(null);
  const isBehind = path !== null && content.head < head;

  useEffect(() => {
    if (path === null) return;
    const worker = new Worker(new URL("./large-tree.worker.ts", import.meta.url));
    tree.current = callsOf(worker);
    return () => {
      worker.terminate();
      tree.current = null;
      setContent(noContent);
    };
  }, [path]);

  useEffect(() => {
    if (path === null || !isBehind) return;
    let [isGone, isReading] = [false, false];
    const read = async () => {
      if (isReading) return;
      isReading = true;
      const loaded = await tree.current?.load(path).catch((error: Error) => error);
      isReading = false;
      if (isGone || loaded === undefined) return;
      setProblem(loaded instanceof Error ? loaded.message : null);
      if (!(loaded instanceof Error)) setContent(({ version }) => ({ ...loaded, version: version + 1 }));
    };
    void read();
    const timer = setInterval(() => void read(), INTERVAL_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [path, isBehind]);

  return { tree, content, setContent, problem: isBehind ? problem : null };
}

/**
 * The tree of the state at a path of the server's API, read by a worker for each `head`, at most once a second. `changed`
 * are the paths of the last change. Without a path nothing is read.
 */
export function useLargeTree(path: string | null, head: number, changed: readonly Path[]): LargeTreeState {
  const { tree, content, setContent, problem } = useContent(path, head);
  const [shown, setShown] = useState(noRows);
  const [range, setRange] = useState({ first: 0, last: 40 });
  const [active, activate] = useState(0);
  const [found, setFound] = useState<Found | null>(null);
  const { version, count } = content;
  useEffect(() => {
    if (version > 0) void tree.current?.mark(changed);
  }, [tree, changed, version]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: fetches rows again when they may have changed
  useEffect(() => {
    let isGone = false;
    const from = Math.max(0, range.first - BEYOND);
    void tree.current?.rows(from, range.last + BEYOND).then((rows) => {
      if (!isGone) setShown({ from, rows });
    });
    return () => {
      isGone = true;
    };
  }, [range, version, changed]);

  const recount = (newCount: number) =>
    setContent((before) => ({ ...before, count: newCount, version: before.version + 1 }));
  const goTo = async (at: number) => {
    const revealed = await tree.current?.reveal(at);
    if (revealed === undefined) return;
    recount(revealed.count);
    activate(revealed.index);
    setFound((before) => before && { ...before, at });
  };
  const show = useCallback((first: number, last: number) => {
    setRange((before) => (before.first === first && before.last === last ? before : { first, last }));
  }, []);
  return {
    head: content.head,
    problem,
    count,
    row: (index) => shown.rows[index - shown.from],
    show,
    active: Math.min(active, Math.max(0, count - 1)),
    activate,
    toggle: (index, open) => void tree.current?.toggle(index, open).then(recount),
    textOf: async (index, what) => (await tree.current?.text(index, what)) ?? "",
    whole: async () => (await tree.current?.text(null, "value")) ?? "",
    search: async (text) => {
      const given = await tree.current?.search(text);
      if (given === undefined) return;
      setFound(text === "" ? null : { ...given, at: 0 });
      if (given.count > 0) await goTo(0);
    },
    found,
    goTo: (at) => void goTo(at),
  };
}
