/** How the diagram draws what a message does: by shape, and not by colour alone. */
export const looks = {
  queued: { className: "fill-slate/25 stroke-slate", dash: "2 2", word: "queued" },
  running: { className: "fill-sky stroke-sky", dash: undefined, word: "running" },
  waiting: { className: "fill-amber/25 stroke-amber", dash: "5 2", word: "waiting" },
} as const;

/** What the shapes of the diagram mean. */
export function Legend() {
  return (
    <ul className="flex flex-wrap gap-x-4 text-mini text-dim">
      {Object.values(looks).map(({ className, dash, word }) => (
        <li key={word} className="flex items-center gap-1.5">
          <svg width="8" height="14" aria-hidden="true">
            <rect x="1" y="1" width="6" height="12" className={className} strokeDasharray={dash} />
          </svg>
          {word}
        </li>
      ))}
    </ul>
  );
}
