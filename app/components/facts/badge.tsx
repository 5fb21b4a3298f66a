import type { ReactNode } from "react";

/** The glyph and the colour of a badge. `text` is the class of the colour. */
export interface Look {
  glyph: string;
  text: string;
}

export function Badge({
  look: { glyph, text },
  className,
  children,
}: {
  look: Look;
  className: string;
  children: ReactNode;
}) {
  return (
    <span className={`items-center gap-1.5 whitespace-nowrap ${text} ${className}`}>
      <span aria-hidden className="inline-block w-3 shrink-0 text-center font-mono text-code leading-none">
        {glyph}
      </span>
      {children}
    </span>
  );
}
