import Link from "next/link";
import type { ReactNode } from "react";
import type { MailCounts } from "../../../server/protocol/mail.ts";
import { ConnectionState } from "./connection.tsx";
import { Keyboard } from "./keyboard.tsx";
import { Mark } from "./mark.tsx";
import { Nav } from "./nav.tsx";
import { Settings } from "./settings.tsx";

/** The frame of every page: how much mail there is, where one can go, how the connection is, and how things are shown. */
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
