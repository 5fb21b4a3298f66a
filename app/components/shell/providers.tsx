"use client";

import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { Toaster } from "sonner";
import { TimeProvider } from "../../words/time.tsx";
import { useTheme } from "./theme.ts";

/** The providers of all pages: time, URL state, toasts. */
export function Providers({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  return (
    <NuqsAdapter>
      <TimeProvider renderedAt={renderedAt}>
        {children}
        <Toasts />
      </TimeProvider>
    </NuqsAdapter>
  );
}

function Toasts() {
  return (
    <Toaster
      theme={useTheme()}
      position="bottom-right"
      toastOptions={{
        unstyled: true,
        className:
          "flex w-full items-center gap-2 rounded border border-line-strong bg-panel px-3 py-2.5 font-sans text-base text-ink shadow-overlay",
      }}
    />
  );
}
