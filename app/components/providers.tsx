"use client";

import { ThemeProvider, useTheme } from "next-themes";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { Toaster } from "sonner";
import { TimeProvider } from "../lib/time.tsx";

/** What all pages share: theme, time, state in the URL, toasts. */
export function Providers({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  return (
    <ThemeProvider attribute="data-theme" defaultTheme="dark" enableSystem={false} disableTransitionOnChange>
      <NuqsAdapter>
        <TimeProvider renderedAt={renderedAt}>
          {children}
          <Toasts />
        </TimeProvider>
      </NuqsAdapter>
    </ThemeProvider>
  );
}

function Toasts() {
  const { resolvedTheme } = useTheme();
  return (
    <Toaster
      theme={resolvedTheme === "light" ? "light" : "dark"}
      position="bottom-right"
      toastOptions={{
        unstyled: true,
        className:
          "flex w-full items-center gap-2 rounded border border-line-strong bg-panel px-3 py-2.5 font-sans text-base text-ink shadow-overlay",
      }}
    />
  );
}
