import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
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
      {children}
    </svg>
  );
}

export function OverviewIcon() {
  return (
    <Icon>
      <path d="M1.5 10.5a5.5 5.5 0 1 1 11 0M7 10.5l2.6-3.6" />
      <path d="M1.5 12.5h11" />
    </Icon>
  );
}

export function StreamIcon() {
  return (
    <Icon>
      <path d="M1.5 3.5h11M1.5 7h7M1.5 10.5h9" />
    </Icon>
  );
}

export function ActorsIcon() {
  return (
    <Icon>
      <circle cx="4" cy="4" r="2.25" />
      <circle cx="10" cy="4" r="2.25" />
      <circle cx="4" cy="10" r="2.25" />
      <circle cx="10" cy="10" r="2.25" />
    </Icon>
  );
}

export function DeadLettersIcon() {
  return (
    <Icon>
      <rect x="1.5" y="3" width="11" height="8" rx="1" />
      <path d="m1.5 4.5 5.5 3.5 5.5-3.5" />
    </Icon>
  );
}

export function CopyIcon() {
  return (
    <Icon>
      <rect x="4.5" y="4.5" width="7.5" height="7.5" rx="1" />
      <path d="M9.5 4.5V3a1 1 0 0 0-1-1H3a1 1 0 0 0-1 1v5.5a1 1 0 0 0 1 1h1.5" />
    </Icon>
  );
}

export function SearchIcon() {
  return (
    <Icon>
      <circle cx="6" cy="6" r="4" />
      <path d="m9 9 3.5 3.5" />
    </Icon>
  );
}

export function CaretIcon() {
  return (
    <Icon>
      <path d="m5 3.5 3.5 3.5L5 10.5" />
    </Icon>
  );
}

export function UpDownIcon() {
  return (
    <Icon>
      <path d="M4.5 5.5 7 3l2.5 2.5M4.5 8.5 7 11l2.5-2.5" />
    </Icon>
  );
}

export function CloseIcon() {
  return (
    <Icon>
      <path d="m3.5 3.5 7 7m0-7-7 7" />
    </Icon>
  );
}
