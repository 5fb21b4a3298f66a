import Link from "next/link";
import type { ReactNode } from "react";
import type { MailCounts } from "../../../server/protocol/mail.ts";
import { ConnectionState } from "./connection.tsx";
import { Keyboard } from "./keyboard.tsx";
import { Nav } from "./nav.tsx";
import { Settings } from "./settings.tsx";

/** The frame of every page: palette, navigation, connection state and settings. */
export function Shell({ mail, children }: { mail: MailCounts; children: ReactNode }) {
  return (
    <div className="lg:grid lg:grid-cols-[184px_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-50 rounded bg-ink px-3 py-2 text-canvas focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <header className="z-20 grid grid-cols-[1fr_auto] items-center gap-y-1.5 border-line bg-canvas px-2 py-2 max-lg:border-b lg:sticky lg:top-0 lg:h-dvh lg:grid-cols-1 lg:grid-rows-[auto_1fr_auto_auto] lg:items-start lg:border-r lg:px-3 lg:py-4">
        <Link
          href="/"
          className="flex items-center gap-2 justify-self-start rounded px-1.5 text-lead font-semibold tracking-tight"
        >
          <Mark />
          Greenroom
        </Link>
        <div className="max-lg:justify-self-end max-lg:pr-1 lg:order-last lg:border-t lg:border-line lg:pt-2.5 lg:pl-1">
          <ConnectionState />
        </div>
        <div className="max-sm:col-span-2 lg:mt-4">
          <Keyboard />
          <Nav mail={mail} />
        </div>
        <Settings />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-[1440px] min-w-0 p-4 outline-none lg:px-6 lg:py-5"
      >
        {children}
      </main>
    </div>
  );
}

/** The logo: the lamp over a green room's door. */
function Mark() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <path d="M3.75 16.5V8.25a5.25 5.25 0 0 1 10.5 0v8.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M1.5 16.5h15" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
      <circle cx="9" cy="8.5" r="2.25" className="fill-emerald" />
    </svg>
  );
}
