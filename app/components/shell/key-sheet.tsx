"use client";

import { Overlay } from "../controls/overlay.tsx";
import { pages } from "./nav.tsx";

const sections: { title: string; keys: [keys: string, does: string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["⌘K", "find a page, actor, message or action"],
      ["?", "show shortcuts"],
      ["/", "search this page"],
      ["Esc", "close"],
      ...pages.map(({ letter, label }): [string, string] => [`g ${letter}`, label]),
    ],
  },
  {
    title: "Lists",
    keys: [
      ["j k", "next row, previous row"],
      ["Enter", "open"],
    ],
  },
  {
    title: "Journal and stream",
    keys: [
      ["↓ ↑", "next row, previous row"],
      ["Home End", "newest entry, oldest loaded entry"],
      ["Enter Esc", "open entry, close entry"],
    ],
  },
  { title: "State", keys: [["← →", "collapse, expand"]] },
  {
    title: "Time travel",
    keys: [
      ["[ ]", "previous entry, next entry; with shift: checkpoints"],
      ["Space", "play, pause"],
      ["d", "start or stop comparing"],
      ["b", "set B here"],
      ["f", "fork into a new actor"],
      ["w", "start a what-if"],
      ["l", "go to newest"],
    ],
  },
];

export function KeySheet({ onClose }: { onClose: () => void }) {
  return (
    <Overlay title="Keyboard shortcuts" onClose={onClose}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div tabIndex={0} className="gap-8 overflow-y-auto p-4 outline-none sm:columns-2">
        {sections.map(({ title, keys }) => (
          <section key={title} aria-label={title} className="break-inside-avoid pb-4">
            <h2 className="mb-1.5 font-medium">{title}</h2>
            <dl className="grid grid-cols-[84px_minmax(0,1fr)] gap-x-3 gap-y-1.5">
              {keys.map(([key, does]) => (
                <div key={key} className="contents">
                  <dt className="flex flex-wrap items-start gap-1">
                    {key.split(" ").map((one) => (
                      <kbd key={one} className="mono rounded border border-line-strong bg-raised px-1 text-mini">
                        {one}
                      </kbd>
                    ))}
                  </dt>
                  <dd className="text-dim">{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Overlay>
  );
}
