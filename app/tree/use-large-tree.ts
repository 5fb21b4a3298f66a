"use client";

import type { Remote } from "comlink";
import { useCallback, useEffect, useRef, useState } from "react";
import { callsOf } from "../read/worker-calls.ts";
import type { LargeTree } from "./large-tree.worker.ts";
import type { Path } from "./tree.ts";
import type { Found, ShownRow, TreeView } from "./tree-view.ts";

/** The least time between two readings, in milliseconds. */
const INTERVAL_MS = 1_000;
/** Rows that are fetched beyond those in view, on both sides. */
const BEYOND = 40;

/** A large value that is not in the page: its tree, and of which head it is, 0 while there is none. */
export interface LargeTreeState extends TreeView {
  head: number;
  /** Why the newest could not be read. */
  problem: string | null;
  /** All of it, as JSON. */
  whole(): Promise<string>;
}

interface Content {
  head: number;
  count: number;
  /** Grows whenever rows may be others than they were. */
  version: number;
}

const noContent: Content = { head: 0, count: 0, version: 0 };
const noRows: { from: number; rows: readonly ShownRow[] } = { from: 0, rows: [] };

/** The worker that has read what is at a path, and what it has read; anew for each `head`. */
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
    let [isOver, isReading] = [false, false];
    const read = async () => {
      if (isReading) return;
      isReading = true;
      const loaded = await tree.current?.load(path).catch((error: Error) => error);
      isReading = false;
      if (isOver || loaded === undefined) return;
      setProblem(loaded instanceof Error ? loaded.message : null);
      if (!(loaded instanceof Error)) setContent(({ version }) => ({ ...loaded, version: version + 1 }));
    };
    void read();
    const timer = setInterval(() => void read(), INTERVAL_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [path, isBehind]);

  return { tree, content, setContent, problem: isBehind ? problem : null };
}

/**
 * The tree of the state that the server's API has at a path, read by a worker: anew for each `head`, once a second at most.
 * `changed` are the paths that the newest change touched. Nothing is read without a path.
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are asked for again when they may be others
  useEffect(() => {
    let isOver = false;
    const from = Math.max(0, range.first - BEYOND);
    void tree.current?.rows(from, range.last + BEYOND).then((rows) => {
      if (!isOver) setShown({ from, rows });
    });
    return () => {
      isOver = true;
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
