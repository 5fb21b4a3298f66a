"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { ActorsIcon, OverviewIcon } from "./icons.tsx";

const places = [
  { href: "/", label: "Overview", icon: <OverviewIcon />, isHere: (path: string) => path === "/" },
  { href: "/actors", label: "Actors", icon: <ActorsIcon />, isHere: (path: string) => path.startsWith("/actors") },
];

/** Where one can go. */
export function Nav() {
  const path = usePathname();
  return (
    <nav aria-label="Pages" className="lg:mt-4">
      <ul className="flex gap-0.5 lg:flex-col">
        {places.map(({ href, label, icon, isHere }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={isHere(path) ? "page" : undefined}
              className="fade flex h-7 items-center gap-2 rounded px-2 text-dim hover:text-ink aria-[current]:bg-raised aria-[current]:font-medium aria-[current]:text-ink"
            >
              {icon}
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
