"use client";

import { Overlay } from "../controls/overlay.tsx";
import { places } from "./nav.tsx";

const sections: { title: string; keys: [keys: string, does: string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["⌘K", "find a page, an actor, a message, or what can be done here"],
      ["?", "these keys"],
      ["/", "to the page's search"],
      ["Esc", "close what is open"],
      ...places.map(({ letter, label }): [string, string] => [`g ${letter}`, label]),
    ],
  },
  {
    title: "Lists",
    keys: [
      ["j k", "to the next row, and to the one before"],
      ["Enter", "open it"],
    ],
  },
  {
    title: "Journal and stream",
    keys: [
      ["↓ ↑", "from entry to entry, as j and k"],
      ["Home End", "to the newest, and to the oldest that is loaded"],
      ["Enter Esc", "open the entry, and close it"],
    ],
  },
  { title: "State", keys: [["← →", "close and open a member"]] },
  {
    title: "An actor's past",
    keys: [
      ["[ ]", "back and forth by an entry, with shift by a checkpoint"],
      ["Space", "play, and pause"],
      ["d", "compare with another moment, and stop it"],
      ["b", "compare with this one"],
      ["f", "fork: a new actor from here"],
      ["w", "what if: another past from here"],
      ["l", "return to live"],
    ],
  },
];

/** What the keys do. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  return (
    <Overlay title="Keys" onClose={onClose}>
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
