const icon = (path: string) => () => (
  <svg
    width="14"
    height="14"
    viewBox="0 0 14 14"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.25"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
    className="shrink-0"
  >
    <path d={path} />
  </svg>
);

const circle = (x: number, y: number, r: number) =>
  `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;

export const OverviewIcon = icon("M1.5 10.5a5.5 5.5 0 1 1 11 0M7 10.5l2.6-3.6M1.5 12.5h11");
export const StreamIcon = icon("M1.5 3.5h11M1.5 7h7M1.5 10.5h9");
export const ActorsIcon = icon([4, 10].flatMap((x) => [4, 10].map((y) => circle(x, y, 2.25))).join(""));
export const DeadLettersIcon = icon(
  "M2.5 3h9a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1zM1.5 4.5l5.5 3.5 5.5-3.5",
);
export const CopyIcon = icon(
  "M5.5 4.5h5.5a1 1 0 0 1 1 1v5.5a1 1 0 0 1-1 1h-5.5a1 1 0 0 1-1-1v-5.5a1 1 0 0 1 1-1zM9.5 4.5V3a1 1 0 0 0-1-1H3a1 1 0 0 0-1 1v5.5a1 1 0 0 0 1 1h1.5",
);
export const SearchIcon = icon(`${circle(6, 6, 4)}M9 9l3.5 3.5`);
export const CaretIcon = icon("M5 3.5l3.5 3.5L5 10.5");
export const UpDownIcon = icon("M4.5 5.5L7 3l2.5 2.5M4.5 8.5L7 11l2.5-2.5");
export const CloseIcon = icon("M3.5 3.5l7 7m0-7l-7 7");
