"use client";

import { lazy, Suspense, useState } from "react";
import { Button } from "../components/controls/controls.tsx";
import type { ButtonKind } from "../components/controls/styles.ts";

/** An actor type and the names of its key's segments. */
export interface KeyShape {
  type: string;
  key: string[];
}

/** Loaded on demand. */
const Dialog = lazy(() => import("./open-actor-dialog.tsx").then((module) => ({ default: module.OpenActorDialog })));

/** Opens an actor's page by its key. The actor need not exist: its first command creates it. */
export function OpenActor({ types, kind = "plain" }: { types: KeyShape[]; kind?: ButtonKind }) {
  const [isOpen, setOpen] = useState(false);
  const [first, ...others] = types;
  if (first === undefined) return null;
  return (
    <>
      <Button kind={kind} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Open by key
      </Button>
      {isOpen && (
        <Suspense>
          <Dialog types={[first, ...others]} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
