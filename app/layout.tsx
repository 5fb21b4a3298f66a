import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "./globals.css";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { getHandle, NONCE_HEADER } from "../server/handle/handle.ts";
import { Providers } from "./components/shell/providers.tsx";
import { Shell } from "./components/shell/shell.tsx";
import { ThemeScript } from "./components/shell/theme-script.tsx";

/** Every page shows the live state of a server, so none can be built in advance. */
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: { default: "Greenroom", template: "%s · Greenroom" },
  description: "Durable actors, live.",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: dark)", color: "#0a0d12" },
    { media: "(prefers-color-scheme: light)", color: "#f3f5f8" },
  ],
};

export default async function Layout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get(NONCE_HEADER) ?? undefined;
  return (
    <html lang="en" data-theme="dark" suppressHydrationWarning>
      <body className="min-h-dvh antialiased">
        <ThemeScript nonce={nonce} />
        <Providers renderedAt={Date.now()}>
          <Shell mail={getHandle().mailCounts()}>{children}</Shell>
        </Providers>
      </body>
    </html>
  );
}
